//! Colour, width and drawing characters: everything that depends on the terminal.

use crate::model::{Severity, Verdict};
use crate::report::RenderOptions;
use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The widest line of prose: longer ones are hard to read.
const PROSE_WIDTH: usize = 110;
/// The narrowest terminal that is laid out for.
const LEAST_WIDTH: usize = 40;

/// How to draw.
pub(in crate::report) struct Paint {
    color: bool,
    unicode: bool,
    width: usize,
}

impl Paint {
    /// For the terminal that the options describe.
    pub(in crate::report) fn new(options: &RenderOptions) -> Self {
        Self { color: options.color, unicode: options.unicode, width: options.width.max(LEAST_WIDTH) }
    }

    /// Whether colour is wanted.
    pub(super) fn color(&self) -> bool {
        self.color
    }

    /// Whether more than ASCII can be drawn.
    pub(in crate::report) fn unicode(&self) -> bool {
        self.unicode
    }

    /// Columns.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Text in a style, or plain.
    pub(super) fn styled(&self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Less important text.
    pub(in crate::report) fn dim(&self, text: &str) -> String {
        self.styled(Style::new().dimmed(), text)
    }

    /// A heading.
    pub(super) fn bold(&self, text: &str) -> String {
        self.styled(Style::new().bold(), text)
    }

    /// The colour of a severity.
    pub(super) fn severity_style(severity: Severity) -> Style {
        match severity {
            Severity::Error => AnsiColor::Red.on_default().bold(),
            Severity::Warning => AnsiColor::Yellow.on_default().bold(),
            Severity::Note => AnsiColor::Cyan.on_default().bold(),
        }
    }

    fn verdict_style(name: &str) -> Style {
        match name {
            "compatible" => AnsiColor::Green.on_default(),
            "conditional" => AnsiColor::Yellow.on_default(),
            "unknown" => AnsiColor::Magenta.on_default(),
            _ => AnsiColor::Red.on_default(),
        }
    }

    /// A verdict, coloured.
    pub(in crate::report) fn verdict(&self, verdict: Verdict) -> String {
        self.styled(Self::verdict_style(verdict.name()), verdict.name())
    }

    /// A word with the colour of a verdict's name, two spaces behind it.
    pub(super) fn verdict_word(&self, word: &str, verdict_name: &str) -> String {
        format!("{}  ", self.styled(Self::verdict_style(verdict_name).bold(), word))
    }

    /// One character for a verdict.
    pub(in crate::report) fn verdict_mark(&self, verdict: Verdict) -> String {
        let mark = match (verdict, self.unicode) {
            (Verdict::Compatible, true) => "✓",
            (Verdict::Compatible, false) => "+",
            (Verdict::Conditional, _) => "!",
            (Verdict::Unknown, _) => "?",
            (Verdict::Incompatible, true) => "✗",
            (Verdict::Incompatible, false) => "x",
        };
        self.styled(Self::verdict_style(verdict.name()).bold(), mark)
    }

    /// Between two steps of a path.
    pub(in crate::report) fn arrow(&self) -> &'static str {
        if self.unicode { " → " } else { " -> " }
    }

    /// Before the last step of a branch.
    pub(in crate::report) fn corner(&self) -> &'static str {
        if self.unicode { "└─ " } else { "`- " }
    }

    /// Before a step that has others below it.
    pub(in crate::report) fn branch(&self) -> &'static str {
        if self.unicode { "├─ " } else { "|- " }
    }

    /// Beside the steps below a branch.
    pub(in crate::report) fn bar(&self) -> &'static str {
        if self.unicode { "│  " } else { "|  " }
    }

    /// A bullet.
    pub(super) fn bullet(&self) -> &'static str {
        if self.unicode { "• " } else { "- " }
    }

    /// Prose after a prefix that stands on every line.
    pub(super) fn paragraph(&self, out: &mut String, prefix: &str, text: &str) {
        self.field(out, prefix, prefix.width(), prefix, text);
    }

    /// Prose after a first prefix (`first_width` columns wide); further lines start with `indent`.
    pub(super) fn field(&self, out: &mut String, first: &str, first_width: usize, indent: &str, text: &str) {
        let room = self.width.min(PROSE_WIDTH + first_width).saturating_sub(first_width).max(16);
        for (number, line) in wrap(text, room).iter().enumerate() {
            out.push_str(if number == 0 { first } else { indent });
            out.push_str(line);
            out.push('\n');
        }
    }
}

/// Breaks text at spaces into lines of at most `room` columns; a longer word is broken where the line ends.
pub(super) fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let width = word.width();
        if used > 0 && used + 1 + width > room {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        if width <= room {
            line.push_str(word);
            used += width;
            continue;
        }
        for character in word.chars() {
            let columns = character.width().unwrap_or(0);
            if used + columns > room {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(character);
            used += columns;
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn lines_break_at_spaces_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("漢字漢字", 4), ["漢字", "漢字"]);
        assert_eq!(wrap("", 4), [""]);
    }
}
