//! Replacements: what stands in for a required module.

use super::mod_file::Replace;
use super::version::ModuleVersion;
use crate::model::SourceSpan;
use std::collections::HashMap;
use std::path::PathBuf;

/// What a required module really is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actual {
    /// A module: itself, or the one that replaces it.
    Module(ModuleVersion),
    /// A directory in the audited tree.
    Directory(PathBuf),
    /// A directory that is not read, verbatim.
    Outside(String),
}

#[derive(Clone, Debug)]
struct Replacement {
    actual: Actual,
    place: SourceSpan,
    overriding: bool,
}

/// All replacements. They apply once: what stands in for a module is not replaced again.
#[derive(Clone, Debug, Default)]
pub struct Replacements {
    exact: HashMap<ModuleVersion, Replacement>,
    any_version: HashMap<String, Replacement>,
}

impl Replacements {
    /// Adds a replacement.
    ///
    /// # Errors
    /// When two members of a workspace replace the same module differently; the first stays.
    pub fn add(&mut self, replace: &Replace, actual: Actual, place: SourceSpan) -> Result<(), String> {
        let replacement = Replacement { actual, place, overriding: false };
        let known = match &replace.version {
            Some(version) => self.exact.get(&ModuleVersion::new(&replace.path, version)),
            None => self.any_version.get(&replace.path),
        };
        if let Some(known) = known {
            if known.overriding || known.actual == replacement.actual {
                return Ok(());
            }
            let first = &known.place;
            return Err(format!(
                "{} is replaced in another way at {first}, which counts; say in go.work which one is meant",
                replace.path
            ));
        }
        match &replace.version {
            Some(version) => {
                self.exact.insert(ModuleVersion::new(&replace.path, version), replacement);
            }
            None => {
                self.any_version.insert(replace.path.clone(), replacement);
            }
        }
        Ok(())
    }

    /// What was added so far overrides what comes: go.work's lines over those of the members.
    pub fn close_overriding(&mut self) {
        for replacement in self.exact.values_mut().chain(self.any_version.values_mut()) {
            replacement.overriding = true;
        }
    }

    /// What a required module really is: the replacement of this version, else of every version, else itself.
    pub fn actual(&self, module: &ModuleVersion) -> Actual {
        let found = self.exact.get(module).or_else(|| self.any_version.get(&module.path));
        found.map_or_else(|| Actual::Module(module.clone()), |found| found.actual.clone())
    }

    /// All replacements, sorted: path, version if only that is replaced, what stands in.
    pub fn all(&self) -> Vec<(&str, Option<&str>, &Actual)> {
        let exact = self
            .exact
            .iter()
            .map(|(module, found)| (module.path.as_str(), Some(module.version.as_str()), &found.actual));
        let any = self.any_version.iter().map(|(path, found)| (path.as_str(), None, &found.actual));
        let mut all: Vec<_> = exact.chain(any).collect();
        all.sort_unstable_by_key(|(path, version, _)| (*path, *version));
        all
    }
}
