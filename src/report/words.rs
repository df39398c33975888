//! The words that every format uses for the same thing.

use crate::model::{
    ConclusionSource, Consequence, PracticeState, RemedyKind, RuleId, Suppression, SuppressionKind, Verb,
};

/// `1 package`, `2 packages`.
pub fn plural(count: usize, noun: &str) -> String {
    let count_text = thousands(count);
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count_text} {stem}ies"),
        (_, None) => format!("{count_text} {noun}s"),
    }
}

/// `12,345`.
pub fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A rule's name as words: `Joint conflict`.
pub fn rule_name(rule: RuleId) -> String {
    let words = rule.name().replace('-', " ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// `name 1.0, other 2.0 and 3 more`.
pub fn name_list(names: &[String], limit: usize) -> String {
    if names.len() <= limit {
        return names.join(", ");
    }
    format!("{} and {} more", names[..limit].join(", "), thousands(names.len() - limit))
}

/// What a kind of remedy is called.
pub fn remedy_name(kind: RemedyKind) -> &'static str {
    match kind {
        RemedyKind::Fetch => "get its files",
        RemedyKind::OtherArm => "choose another license it offers",
        RemedyKind::MeetCondition => "meet the condition",
        RemedyKind::NarrowOutbound => "narrow the project's license",
        RemedyKind::OtherVersion => "use another version",
        RemedyKind::Replace => "use another package",
        RemedyKind::ChangeLinkage => "join it another way",
        RemedyKind::Relicense => "change the project's license",
        RemedyKind::AskUpstream => "ask its authors",
        RemedyKind::Clarify => "find out and record it",
    }
}

/// What a problem does to the audit, in words.
pub fn consequence_name(consequence: Consequence) -> &'static str {
    match consequence {
        Consequence::Incomplete => "packages may be missing",
        Consequence::FactMissing => "a fact is missing",
        Consequence::Note => "nothing is missing",
    }
}

/// What a conclusion rests on, in words.
pub fn conclusion_name(source: ConclusionSource) -> &'static str {
    match source {
        ConclusionSource::Clarification => "clarified by the user",
        ConclusionSource::DeclaredAndDetected => "declared and detected",
        ConclusionSource::Declared => "declared",
        ConclusionSource::Detected => "detected",
        ConclusionSource::Disagreement => "declared and detected disagree",
        ConclusionSource::Unknown => "unknown",
    }
}

/// The steps of a waiver or baseline entry in one line.
pub fn suppression_text(suppression: &Suppression) -> String {
    let mut text = match suppression.kind {
        SuppressionKind::Waiver => format!("waived: {}", suppression.reason),
        SuppressionKind::Baseline => format!("in the baseline: {}", suppression.reason),
    };
    if let Some(author) = &suppression.author {
        text.push_str(&format!("; by {author}"));
    }
    if let Some(until) = &suppression.until {
        text.push_str(&format!("; until {until}"));
    }
    if let Some(ticket) = &suppression.ticket {
        text.push_str(&format!("; {ticket}"));
    }
    text
}

/// The state of a practice in words.
pub fn state_name(state: PracticeState) -> &'static str {
    match state {
        PracticeState::Pass => "met",
        PracticeState::Fail => "not met",
        PracticeState::Review => "for a person to judge",
        PracticeState::Unknown => "could not look",
        PracticeState::NotApplicable => "not applicable",
        PracticeState::Waived => "waived",
    }
}

/// How strongly a practice is asked for.
pub fn verb_name(verb: Verb) -> &'static str {
    match verb {
        Verb::Must => "must",
        Verb::Should => "should",
        Verb::May => "may",
        Verb::Helps => "helps",
    }
}

#[cfg(test)]
mod tests {
    use super::{name_list, plural, thousands};

    #[test]
    fn counts_read_like_prose() {
        assert_eq!(plural(1, "package"), "1 package");
        assert_eq!(plural(2_000, "package"), "2,000 packages");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }

    #[test]
    fn long_lists_end_in_a_count() {
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(name_list(&names, 3), "a, b, c");
        assert_eq!(name_list(&names, 1), "a and 2 more");
    }
}
