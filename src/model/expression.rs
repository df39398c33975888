//! SPDX license expressions as data (SPDX 3.0.1 Annex B). Parsing has its home in `licenses`.

use std::fmt;

/// A license of the SPDX list. Made only by the catalogue, so it always names a known record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LicenseId {
    index: u16,
    name: &'static str,
}

impl LicenseId {
    /// For the catalogue: its record's position and list spelling.
    pub(crate) const fn new(index: u16, name: &'static str) -> Self {
        Self { index, name }
    }

    /// The position of its record in the catalogue.
    pub fn index(self) -> usize {
        usize::from(self.index)
    }

    /// The id in list spelling.
    pub fn name(self) -> &'static str {
        self.name
    }
}

/// An exception of the SPDX list. Made only by the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExceptionId {
    index: u16,
    name: &'static str,
}

impl ExceptionId {
    /// For the catalogue: its record's position and list spelling.
    pub(crate) const fn new(index: u16, name: &'static str) -> Self {
        Self { index, name }
    }

    /// The position of its record in the catalogue.
    pub fn index(self) -> usize {
        usize::from(self.index)
    }

    /// The id in list spelling.
    pub fn name(self) -> &'static str {
        self.name
    }
}

/// What stands where a license is expected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LicenseName {
    /// An id of the SPDX list.
    Known(LicenseId),
    /// `LicenseRef-…` or `DocumentRef-…:LicenseRef-…`, verbatim.
    Custom(String),
    /// `NONE`: there is no license; all rights are reserved.
    None,
    /// `NOASSERTION`: nobody says.
    NoAssertion,
}

/// What follows `WITH`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExceptionName {
    /// An id of the SPDX exception list.
    Known(ExceptionId),
    /// `AdditionRef-…`, verbatim.
    Custom(String),
}

/// One license, perhaps with `+`, perhaps with an exception.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// The license.
    pub license: LicenseName,
    /// Whether `+` follows the id. `GPL-2.0-or-later` has its own id and no plus.
    pub or_later: bool,
    /// What follows `WITH`.
    pub exception: Option<ExceptionName>,
}

/// A license expression. `And` and `Or` have at least two members and never hold their own kind directly.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expression {
    /// One license.
    Term(Term),
    /// Every member binds.
    And(Vec<Expression>),
    /// The recipient may choose.
    Or(Vec<Expression>),
}

impl Expression {
    /// A bare license.
    pub fn license(id: LicenseId) -> Self {
        Self::Term(Term { license: LicenseName::Known(id), or_later: false, exception: None })
    }

    /// `NONE`.
    pub fn none() -> Self {
        Self::Term(Term { license: LicenseName::None, or_later: false, exception: None })
    }

    /// `NOASSERTION`.
    pub fn no_assertion() -> Self {
        Self::Term(Term { license: LicenseName::NoAssertion, or_later: false, exception: None })
    }

    /// All of these together, flattened; one member is returned as it is, none as `NOASSERTION`.
    pub fn all_of(members: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(members.len());
        for member in members {
            match member {
                Self::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        join(flat, Self::And)
    }

    /// A choice of these, flattened; one member is returned as it is, none as `NOASSERTION`.
    pub fn any_of(members: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(members.len());
        for member in members {
            match member {
                Self::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        join(flat, Self::Or)
    }

    /// Its terms from left to right.
    pub fn terms(&self) -> Vec<&Term> {
        let mut found = Vec::new();
        collect_terms(self, &mut found);
        found
    }
}

fn join(mut members: Vec<Expression>, operator: fn(Vec<Expression>) -> Expression) -> Expression {
    match members.len() {
        0 => Expression::no_assertion(),
        1 => members.remove(0),
        _ => operator(members),
    }
}

fn collect_terms<'a>(expression: &'a Expression, into: &mut Vec<&'a Term>) {
    match expression {
        Expression::Term(term) => into.push(term),
        Expression::And(members) | Expression::Or(members) => {
            for member in members {
                collect_terms(member, into);
            }
        }
    }
}

impl fmt::Display for LicenseName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Known(id) => id.name(),
            Self::Custom(text) => text,
            Self::None => "NONE",
            Self::NoAssertion => "NOASSERTION",
        })
    }
}

impl fmt::Display for ExceptionName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Known(id) => id.name(),
            Self::Custom(text) => text,
        })
    }
}

impl fmt::Display for Term {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.license)?;
        if self.or_later {
            formatter.write_str("+")?;
        }
        if let Some(exception) = &self.exception {
            write!(formatter, " WITH {exception}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (members, operator) = match self {
            Self::Term(term) => return write!(formatter, "{term}"),
            Self::And(members) => (members, " AND "),
            Self::Or(members) => (members, " OR "),
        };
        for (position, member) in members.iter().enumerate() {
            if position > 0 {
                formatter.write_str(operator)?;
            }
            match (self, member) {
                (Self::And(_), Self::Or(_)) => write!(formatter, "({member})")?,
                _ => write!(formatter, "{member}")?,
            }
        }
        Ok(())
    }
}
