//! Exit codes, documented in the reference.

use std::process::{ExitCode, Termination};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Nothing at or above the fail level.
    Clean,
    /// Findings at or above the fail level.
    Findings,
    /// Wrong use or wrong configuration: the command could not run.
    WrongUse,
    /// Something could not be read; what was read shows nothing at or above the fail level.
    Incomplete,
}

impl ExitStatus {
    /// Every way to end.
    pub const ALL: [Self; 4] = [Self::Clean, Self::Findings, Self::WrongUse, Self::Incomplete];

    /// What it means, in one sentence.
    pub fn description(self) -> &'static str {
        match self {
            Self::Clean => "Nothing at or above the fail level.",
            Self::Findings => "Findings at or above the fail level.",
            Self::WrongUse => "Wrong use or wrong configuration: the command could not run.",
            Self::Incomplete => {
                "The audit is incomplete: something could not be read; what was read shows nothing at or above the fail level."
            }
        }
    }

    /// The number the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::WrongUse => 2,
            Self::Incomplete => 3,
        }
    }
}

impl Termination for ExitStatus {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}
