//! vendor/modules.txt: which modules a vendor tree holds.

use super::mod_file::Target;
use super::version::{ModuleVersion, is_canonical, is_safe_path};

/// A module of a vendor tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendoredModule {
    /// Path and version as go.mod requires it.
    pub module: ModuleVersion,
    /// What stands in for it.
    pub replacement: Option<Target>,
    /// Whether the main module's go.mod names it.
    pub explicit: bool,
    /// Its packages that were copied.
    pub packages: Vec<String>,
    /// The line, from 1.
    pub line: u32,
}

/// The content of a vendor/modules.txt file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModulesText {
    /// Whether it belongs to a workspace.
    pub workspace: bool,
    /// The modules.
    pub modules: Vec<VendoredModule>,
    /// Lines that could not be read.
    pub broken: Vec<u32>,
}

/// Reads a vendor/modules.txt file.
pub fn parse(text: &str) -> ModulesText {
    let mut file = ModulesText::default();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line == "## workspace" {
            file.workspace = true;
        } else if let Some(notes) = line.strip_prefix("## ") {
            if let Some(module) = file.modules.last_mut() {
                module.explicit |= notes.split(';').any(|note| note.trim() == "explicit");
            }
        } else if let Some(heading) = line.strip_prefix("# ") {
            match heading_module(heading, number) {
                Heading::Module(module) => file.modules.push(module),
                Heading::Unused => {}
                Heading::Broken => file.broken.push(number),
            }
        } else if !line.is_empty() {
            match file.modules.last_mut() {
                Some(module) if is_safe_path(line) => module.packages.push(line.to_owned()),
                _ => file.broken.push(number),
            }
        }
    }
    file
}

enum Heading {
    Module(VendoredModule),
    /// A replacement that applies to no vendored module: `# path => target`.
    Unused,
    Broken,
}

fn heading_module(heading: &str, line: u32) -> Heading {
    let words: Vec<_> = heading.split_whitespace().collect();
    let arrow = words.iter().position(|word| *word == "=>");
    let (left, right) = words.split_at(arrow.unwrap_or(words.len()));
    let replacement = match right {
        [] => None,
        [_, directory] => Some(Target::Directory((*directory).to_owned())),
        [_, path, version] if is_safe_path(path) => Some(Target::Module(ModuleVersion::new(*path, *version))),
        _ => return Heading::Broken,
    };
    match left {
        [_] if replacement.is_some() => Heading::Unused,
        [path, version] if is_safe_path(path) && is_canonical(version) => Heading::Module(VendoredModule {
            module: ModuleVersion::new(*path, *version),
            replacement,
            explicit: false,
            packages: Vec::new(),
            line,
        }),
        _ => Heading::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_packages_and_replacements_are_read() {
        let file = parse(
            "## workspace\n# example.com/a v1.0.0\n## explicit; go 1.20\nexample.com/a\nexample.com/a/sub\n\
             # example.com/b v1.0.0 => ./b\n# example.com/c v1.0.0 => example.com/d v1.1.0\n## explicit\n\
             # example.com/unused => ../x\n# ../x v1.0.0\nexample.com/../y\n",
        );
        assert!(file.workspace);
        assert_eq!(file.modules.len(), 3);
        assert!(file.modules[0].explicit && !file.modules[1].explicit && file.modules[2].explicit);
        assert_eq!(file.modules[0].packages, ["example.com/a", "example.com/a/sub"]);
        assert_eq!(file.modules[1].replacement, Some(Target::Directory("./b".to_owned())));
        assert_eq!(file.broken, [10, 11]);
    }
}
