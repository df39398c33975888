//! Changes to a text that leave every other byte as it is.

/// Collects changes by place.
#[derive(Default)]
pub(super) struct Splices {
    changes: Vec<(usize, usize, String)>,
}

impl Splices {
    /// Puts a text in front of a place. What is put first stands first.
    pub(super) fn insert(&mut self, at: usize, text: String) {
        self.changes.push((at, at, text));
    }

    /// Puts a text in the place of another.
    pub(super) fn replace(&mut self, from: usize, to: usize, text: String) {
        self.changes.push((from, to, text));
    }

    /// The changed text. Changes must not overlap.
    pub(super) fn apply(mut self, text: &str) -> Vec<u8> {
        self.changes.sort_by_key(|(from, to, _)| (*from, *to));
        let added: usize = self.changes.iter().map(|(.., new)| new.len()).sum();
        let mut out = Vec::with_capacity(text.len() + added);
        let mut at = 0;
        for (from, to, new) in &self.changes {
            out.extend_from_slice(text.get(at..*from).unwrap_or_default().as_bytes());
            out.extend_from_slice(new.as_bytes());
            at = *to;
        }
        out.extend_from_slice(text.get(at..).unwrap_or_default().as_bytes());
        out
    }
}
