//! go.work: which modules are worked on together.

use super::directives::directives;
use super::mod_file::{Located, Replace, Trouble, replacement, single};

/// The content of a go.work file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkFile {
    /// The `go` directive.
    pub go: Option<Located<String>>,
    /// The `toolchain` directive.
    pub toolchain: Option<Located<String>>,
    /// Directories of the members, verbatim.
    pub members: Vec<Located<String>>,
    /// Replacements, which override those of the members.
    pub replace: Vec<Replace>,
    /// `key=value` settings.
    pub godebug: Vec<Located<String>>,
    /// Lines that could not be read.
    pub trouble: Vec<Located<Trouble>>,
}

/// Reads a go.work file. Never fails: what cannot be read is in [`WorkFile::trouble`].
pub fn parse(text: &str) -> WorkFile {
    let mut file = WorkFile::default();
    let (lines, broken) = directives(text);
    for one in broken {
        file.trouble.push(Located { value: Trouble::Broken(one.reason), line: one.line });
    }
    for directive in lines {
        let line = directive.line;
        let word = || single(&directive).map(|value| Located { value: value.to_owned(), line });
        let taken = match directive.verb {
            "go" => word().map(|value| file.go = Some(value)),
            "toolchain" => word().map(|value| file.toolchain = Some(value)),
            "use" => word().map(|value| file.members.push(value)),
            "replace" => replacement(&directive).map(|value| file.replace.push(value)),
            "godebug" => {
                file.godebug.push(Located { value: directive.words.join(" "), line });
                Ok(())
            }
            other => Err(Trouble::UnknownDirective(other.to_owned())),
        };
        if let Err(trouble) = taken {
            file.trouble.push(Located { value: trouble, line });
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_replacements_are_read() {
        let file =
            parse("go 1.22\nuse .\nuse (\n\t./tools // ours\n\t\"./lib\"\n)\nreplace a => ./a\nwhat x\n");
        let members: Vec<_> = file.members.iter().map(|one| (one.value.as_str(), one.line)).collect();
        assert_eq!(members, [(".", 2), ("./tools", 4), ("./lib", 5)]);
        assert_eq!(file.replace.len(), 1);
        assert_eq!(file.trouble.len(), 1);
    }
}
