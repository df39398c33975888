//! Decisions about the other recommendations: waived, or without object here.

use crate::model::{PracticeState, SourceSpan};
use jiff::civil::Date;

/// A decision about one recommendation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PracticeSetting {
    /// The rule, such as `SEC-2`.
    pub id: String,
    /// [`PracticeState::Waived`] or [`PracticeState::NotApplicable`].
    pub state: PracticeState,
    /// Why.
    pub reason: String,
    /// The last day it holds.
    pub expires: Option<Date>,
    /// Where it stands.
    pub location: SourceSpan,
}

impl PracticeSetting {
    /// Whether it still holds.
    pub fn holds(&self, today: Date) -> bool {
        self.expires.is_none_or(|last| today <= last)
    }
}
