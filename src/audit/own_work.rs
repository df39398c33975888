//! Whether our own code may move to another license: the half of a relicensing that no dependency decides.

use super::relicense_report::{FileAnswer, OwnHalf};
use crate::compatibility::{
    Holders, InboundExpression, Law, OutboundExpression, OwnAnswer, OwnCode, Part, Situation, own_code, solve,
};
use crate::holders::{FileGroup, HolderCount, OwnHolders};
use crate::licenses::parse;
use crate::model::{Distribution, Linkage, Verdict};

/// Our own code, and whose it is.
pub(super) struct OwnWork<'a> {
    /// The law.
    pub(super) law: &'a Law,
    /// Its license today.
    pub(super) today: &'a OutboundExpression,
    /// Who holds copyright in it.
    pub(super) holders: &'a OwnHolders,
    /// How the work reaches people.
    pub(super) distribution: Distribution,
}

impl OwnWork<'_> {
    /// Whether what is under the project's license may move to the target.
    pub(super) fn answer(&self, target: &OutboundExpression) -> OwnCode {
        let holders = match self.holders.count {
            HolderCount::Sole => Holders::Sole,
            HolderCount::Several => Holders::Several,
            HolderCount::Unknown => Holders::Unknown,
        };
        own_code(self.law, self.today, target, holders)
    }

    /// The same with the files under other licenses: the hardest of all answers.
    pub(super) fn half(&self, target: &OutboundExpression) -> OwnHalf {
        let OwnCode { answer, reason, authority } = self.answer(target);
        let files: Vec<FileAnswer> =
            self.holders.tree.other_licenses.iter().map(|group| self.files(group, target)).collect();
        let worst = files.iter().filter(|file| file.answer > answer).max_by_key(|file| file.answer);
        match worst {
            Some(file) => OwnHalf {
                answer: file.answer,
                reason: format!(
                    "{reason} But {} under {}: {}",
                    files_text(file.count),
                    file.license,
                    file.reason
                ),
                authority,
                files,
            },
            None => OwnHalf { answer, reason, authority, files },
        }
    }

    /// Files under another license stay under it where that fits the target; else they have to move too.
    fn files(&self, group: &FileGroup, target: &OutboundExpression) -> FileAnswer {
        let (answer, reason) = match parse(&group.license) {
            Err(_) => (OwnAnswer::Ask, "The header names no license of the SPDX list.".to_owned()),
            Ok(expression) => {
                let linkage = if group.documents { Linkage::Process } else { Linkage::Static };
                let inbound = InboundExpression::new(self.law, &expression);
                let situation = Situation::new(linkage, self.distribution);
                let stays = solve(self.law, target, &[Part { inbound: &inbound, situation }]).verdict;
                if stays == Verdict::Compatible {
                    (OwnAnswer::Yes, "They keep their own license, which fits.".to_owned())
                } else {
                    let today = OutboundExpression::new(self.law, &expression);
                    let moved = own_code(self.law, &today, target, self.holders_of_files(group));
                    (moved.answer, moved.reason)
                }
            }
        };
        FileAnswer {
            license: group.license.clone(),
            count: group.count,
            files: group.files.clone(),
            answer,
            reason,
        }
    }

    /// Files under another license are often somebody else's, unless they name the same holder.
    fn holders_of_files(&self, group: &FileGroup) -> Holders {
        match self.holders.count {
            HolderCount::Sole if group.holders.len() == 1 => Holders::Sole,
            HolderCount::Sole | HolderCount::Unknown => Holders::Unknown,
            HolderCount::Several => Holders::Several,
        }
    }
}

fn files_text(count: usize) -> String {
    if count == 1 { "1 file is".to_owned() } else { format!("{count} files are") }
}
