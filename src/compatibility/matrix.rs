//! The matrix: computed from the records, never stored.

use super::case::{Added, Inbound, Outbound, Situation};
use super::ground::Cell;
use super::inbound::InboundExpression;
use super::law::{Law, Terms};
use super::outbound::OutboundExpression;
use super::pair::judge;
use crate::licenses::{Judged, catalogue};
use crate::model::{Basis, Expression, Verdict};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A square of verdicts: each license as a dependency (row) in each as the project's (column).
#[derive(Clone, Debug)]
pub struct Matrix {
    /// Ids, in the order of rows and columns.
    pub ids: Vec<String>,
    /// `rows[inbound][outbound]`.
    pub rows: Vec<Vec<Verdict>>,
}

/// The matrix of some licenses.
pub fn matrix(law: &Law, licenses: &[Expression], situation: Situation) -> Matrix {
    let inbound: Vec<InboundExpression> =
        licenses.iter().map(|license| InboundExpression::new(law, license)).collect();
    let outbound: Vec<OutboundExpression> =
        licenses.iter().map(|license| OutboundExpression::new(law, license)).collect();
    let rows = inbound
        .par_iter()
        .map(|inbound| {
            outbound.iter().map(|project| pair_verdict(law, inbound, project, situation)).collect()
        })
        .collect();
    Matrix { ids: licenses.iter().map(ToString::to_string).collect(), rows }
}

fn pair_verdict(
    law: &Law,
    inbound: &InboundExpression,
    project: &OutboundExpression,
    situation: Situation,
) -> Verdict {
    let arms: Vec<Verdict> = project
        .arms()
        .iter()
        .filter(|arm| !arm.is_future())
        .map(|arm| arm.verdict(law, inbound, situation))
        .collect();
    super::joint::outbound_verdict(arms)
}

/// How the cells of one situation are answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Number of cells.
    pub cells: usize,
    /// Cells by verdict.
    pub verdicts: BTreeMap<Verdict, usize>,
    /// Cells by what they rest on; unknown cells are not counted here.
    pub basis: BTreeMap<Basis, usize>,
    /// Cells whose dependency license was judged by reading its text.
    pub read: usize,
}

/// Judges every current license of the list against every other.
pub fn coverage(law: &Law, situation: Situation) -> Coverage {
    let candidates: Vec<_> =
        law.published().filter(|candidate| law.is_listed(law.candidate(*candidate).terms)).collect();
    let known = catalogue::licenses().len();
    (0..known)
        .into_par_iter()
        .map(|index| {
            let mut found = Coverage::default();
            let terms = Terms(index as u16);
            let inbound = Inbound::Terms { terms, future: false, added: Added::Nothing };
            for candidate in &candidates {
                let outbound = Outbound::Candidate { candidate: *candidate, added: Added::Nothing };
                found.count(law, judge(law, inbound, outbound, situation), terms);
            }
            found
        })
        .reduce(Coverage::default, Coverage::joined)
}

impl Coverage {
    fn count(&mut self, law: &Law, cell: Cell, terms: Terms) {
        self.cells += 1;
        *self.verdicts.entry(cell.verdict).or_default() += 1;
        if cell.verdict != Verdict::Unknown {
            let basis = cell.ground.basis(law, Some(terms));
            *self.basis.entry(basis).or_default() += 1;
        }
        self.read += usize::from(law.record(terms).judged == Judged::Text);
    }

    fn joined(mut self, other: Self) -> Self {
        self.cells += other.cells;
        self.read += other.read;
        for (verdict, count) in other.verdicts {
            *self.verdicts.entry(verdict).or_default() += count;
        }
        for (basis, count) in other.basis {
            *self.basis.entry(basis).or_default() += count;
        }
        self
    }
}
