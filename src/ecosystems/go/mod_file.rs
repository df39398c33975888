//! go.mod: what a module asks for.
//!
//! Supported: module, go, toolchain, require, exclude, replace, retract, godebug, tool, ignore, single lines
//! and blocks. An unknown directive is a note, as the go command itself passes over it in dependencies.

use super::directives::{BrokenLine, Directive, directives};
use super::version::{ModuleVersion, go_minor, is_canonical, is_safe_path};

/// A value with the line it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// The line, from 1.
    pub line: u32,
}

/// A `require` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// What is required.
    pub module: ModuleVersion,
    /// Whether it is marked `// indirect`.
    pub indirect: bool,
    /// The line, from 1.
    pub line: u32,
}

/// Where a `replace` line points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Another module, or the same at another version.
    Module(ModuleVersion),
    /// A directory, verbatim.
    Directory(String),
}

/// A `replace` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replace {
    /// The module that is replaced.
    pub path: String,
    /// The version that is replaced; every version if absent.
    pub version: Option<String>,
    /// What stands in for it.
    pub target: Target,
    /// The line, from 1.
    pub line: u32,
}

/// A `retract` line: versions that the module's authors took back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retract {
    /// First version.
    pub low: String,
    /// Last version.
    pub high: String,
    /// The comment on the line.
    pub reason: String,
}

/// A directive that this reader does not know, or a line that breaks the grammar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing is lost that the graph is made of.
    UnknownDirective(String),
    /// A requirement or replacement may be lost.
    Broken(String),
    /// A broken line of a directive that counts in the main module only.
    BrokenInMain(String),
}

/// The content of a go.mod file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModFile {
    /// The module path.
    pub module: Option<Located<String>>,
    /// The `go` directive.
    pub go: Option<Located<String>>,
    /// The `toolchain` directive.
    pub toolchain: Option<Located<String>>,
    /// Requirements in file order.
    pub require: Vec<Requirement>,
    /// Replacements in file order.
    pub replace: Vec<Replace>,
    /// Versions that must not be used.
    pub exclude: Vec<Located<ModuleVersion>>,
    /// Versions taken back.
    pub retract: Vec<Located<Retract>>,
    /// Packages of tools that are run with `go tool`.
    pub tool: Vec<Located<String>>,
    /// Directories that package patterns pass over.
    pub ignore: Vec<Located<String>>,
    /// `key=value` settings.
    pub godebug: Vec<Located<String>>,
    /// Lines that could not be read.
    pub trouble: Vec<Located<Trouble>>,
}

impl ModFile {
    /// Whether the module's requirements name everything that its packages need (Go 1.17 and later), so that
    /// the requirements of its requirements can be left out of the module graph.
    pub fn is_pruned(&self) -> bool {
        self.go.as_ref().and_then(|go| go_minor(&go.value)).is_some_and(|minor| minor >= 17)
    }
}

/// Reads a go.mod file. Never fails: what cannot be read is in [`ModFile::trouble`].
pub fn parse(text: &str) -> ModFile {
    let mut file = ModFile::default();
    let (lines, broken) = directives(text);
    for BrokenLine { line, reason } in broken {
        file.trouble.push(Located { value: Trouble::Broken(reason), line });
    }
    for directive in lines {
        if let Err(trouble) = take(&mut file, &directive) {
            let trouble = match (trouble, directive.verb) {
                (
                    Trouble::Broken(reason),
                    "replace" | "exclude" | "retract" | "tool" | "ignore" | "toolchain",
                ) => Trouble::BrokenInMain(reason),
                (trouble, _) => trouble,
            };
            file.trouble.push(Located { value: trouble, line: directive.line });
        }
    }
    file.trouble.sort_by_key(|trouble| trouble.line);
    file
}

fn take(file: &mut ModFile, directive: &Directive<'_>) -> Result<(), Trouble> {
    let line = directive.line;
    match directive.verb {
        "module" => set(&mut file.module, directive)?,
        "go" => set(&mut file.go, directive)?,
        "toolchain" => set(&mut file.toolchain, directive)?,
        "require" => {
            let module = module_version(directive)?;
            let indirect = directive.comment == "indirect" || directive.comment.starts_with("indirect;");
            file.require.push(Requirement { module, indirect, line });
        }
        "exclude" => file.exclude.push(Located { value: module_version(directive)?, line }),
        "replace" => file.replace.push(replacement(directive)?),
        "retract" => file.retract.push(Located { value: retraction(directive)?, line }),
        "tool" => file.tool.push(Located { value: single(directive)?.to_owned(), line }),
        "ignore" => file.ignore.push(Located { value: single(directive)?.to_owned(), line }),
        "godebug" => file.godebug.push(Located { value: directive.words.join(" "), line }),
        other => return Err(Trouble::UnknownDirective(other.to_owned())),
    }
    Ok(())
}

fn set(slot: &mut Option<Located<String>>, directive: &Directive<'_>) -> Result<(), Trouble> {
    let value = single(directive)?.to_owned();
    if slot.is_some() {
        return Err(Trouble::Broken(format!("`{}` is stated twice; the first counts", directive.verb)));
    }
    *slot = Some(Located { value, line: directive.line });
    Ok(())
}

/// The only word of a directive.
pub(super) fn single<'a>(directive: &Directive<'a>) -> Result<&'a str, Trouble> {
    match directive.words.as_slice() {
        [word] => Ok(word),
        words => Err(Trouble::Broken(format!("`{}` takes one word, not {}", directive.verb, words.len()))),
    }
}

fn module_version(directive: &Directive<'_>) -> Result<ModuleVersion, Trouble> {
    let [path, version] = directive.words[..] else {
        return Err(Trouble::Broken(format!("`{}` takes a module path and a version", directive.verb)));
    };
    if !is_safe_path(path) {
        return Err(Trouble::Broken(format!("`{path}` is no module path")));
    }
    if !is_canonical(version) {
        return Err(Trouble::Broken(format!(
            "`{version}` is no version of {path}; run `go mod tidy` to look it up"
        )));
    }
    Ok(ModuleVersion::new(path, version))
}

/// Reads a `replace` line of go.mod or go.work.
pub(super) fn replacement(directive: &Directive<'_>) -> Result<Replace, Trouble> {
    let shape =
        || Trouble::Broken("`replace` takes `module [version] => module version` or a directory".into());
    let arrow = directive.words.iter().position(|word| *word == "=>").ok_or_else(shape)?;
    let (path, version) = match directive.words[..arrow] {
        [path] => (path, None),
        [path, version] => (path, Some(version.to_owned())),
        _ => return Err(shape()),
    };
    let target = match directive.words[arrow + 1..] {
        [directory] => Target::Directory(directory.to_owned()),
        [path, version] if is_safe_path(path) && is_canonical(version) => {
            Target::Module(ModuleVersion::new(path, version))
        }
        [path, version] => {
            return Err(Trouble::Broken(format!(
                "`{path} {version}` is no module with a version; run `go mod tidy` to look it up"
            )));
        }
        _ => return Err(shape()),
    };
    Ok(Replace { path: path.to_owned(), version, target, line: directive.line })
}

fn retraction(directive: &Directive<'_>) -> Result<Retract, Trouble> {
    let (low, high) = match directive.words[..] {
        [version] => (version, version),
        ["[", low, ",", high, "]"] => (low, high),
        _ => return Err(Trouble::Broken("`retract` takes a version or `[low, high]`".to_owned())),
    };
    Ok(Retract { low: low.to_owned(), high: high.to_owned(), reason: directive.comment.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYTHING: &str = r#"// Deprecated: use v2
module example.com/app

go 1.24.1
toolchain go1.24.3

godebug (
	panicnil=1
	default = go1.21
)

require example.com/single v1.0.0
require (
	example.com/Upper v0.0.0-20200102030405-abcdefabcdef
	gopkg.in/yaml.v2 v2.4.0 // indirect
	example.com/old v2.0.0+incompatible // indirect; kept
)
tool example.com/single/cmd/gen
ignore ./node_modules
exclude example.com/single v1.1.0
replace example.com/single => ../single
replace (
	example.com/Upper v0.0.0-20200102030405-abcdefabcdef => example.com/fork v1.2.3
	"gopkg.in/yaml.v2" => `/home/someone/yaml`
)
retract [v1.0.0, v1.0.5] // wrong license
retract v1.1.0
require example.com/last v1.0.0
"#;

    #[test]
    fn every_directive_is_read_and_nothing_after_it_is_lost() {
        for text in [EVERYTHING.to_owned(), EVERYTHING.replace('\n', "\r\n")] {
            let file = parse(&text);
            assert_eq!(file.trouble, []);
            assert_eq!(file.module.as_ref().map(|module| module.line), Some(2));
            assert!(file.is_pruned());
            let required: Vec<_> =
                file.require.iter().map(|one| (one.module.to_string(), one.indirect, one.line)).collect();
            assert_eq!(required.len(), 5);
            assert_eq!(required[2], ("gopkg.in/yaml.v2@v2.4.0".to_owned(), true, 15));
            assert!(required[3].1);
            assert_eq!(required[4].0, "example.com/last@v1.0.0");
            assert_eq!(file.replace.len(), 3);
            assert_eq!(file.replace[1].version.as_deref(), Some("v0.0.0-20200102030405-abcdefabcdef"));
            assert_eq!(file.replace[2].target, Target::Directory("/home/someone/yaml".to_owned()));
            assert_eq!(file.retract[0].value.high, "v1.0.5");
            assert_eq!(file.tool[0].value, "example.com/single/cmd/gen");
            assert_eq!(file.ignore[0].value, "./node_modules");
            assert_eq!(file.godebug.len(), 2);
            assert_eq!(file.exclude[0].value.version, "v1.1.0");
            assert_eq!(file.toolchain.map(|one| one.value).as_deref(), Some("go1.24.3"));
        }
    }

    #[test]
    fn broken_lines_are_named_and_the_rest_is_read() {
        let file = parse(
            "module a\nmodule b\nrequire x\nrequire ../x v1.0.0\nrequire y master\nfuture z\nreplace a b\n\
             retract [v1\nrequire example.com/good v1.0.0\n",
        );
        assert_eq!(file.require.len(), 1);
        let lines: Vec<_> = file.trouble.iter().map(|trouble| trouble.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(file.trouble[4].value, Trouble::UnknownDirective("future".to_owned()));
    }
}
