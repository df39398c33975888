//! Finds and reads `licgraph.toml` and what it extends.

use super::environment::Overrides;
use super::error::{PolicyError, Text, suggest};
use super::merge::merge;
use super::raw::RawPolicy;
use super::validate::{Policy, validate};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The name of a policy file.
pub const FILE_NAME: &str = "licgraph.toml";

/// A policy is written by hand; a file beyond this is none.
const SIZE_LIMIT: u64 = 4 << 20;

/// Reads policies.
#[derive(Clone, Debug, Default)]
pub struct Loader {
    /// A policy below all others, named by the user; it may lie anywhere.
    pub shared: Option<PathBuf>,
    /// The tree that `extends` must not leave; the repository around the file, else its directory, if not given.
    pub tree: Option<PathBuf>,
}

/// A file that is being read, to notice circles.
struct Reading<'a> {
    tree: &'a Path,
    chain: Vec<PathBuf>,
}

/// Reads a policy file with everything it extends, then the environment.
///
/// # Errors
/// When a file cannot be read or anything in it cannot be understood: a rule that is not understood is not kept.
pub fn load(path: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Result<Policy, PolicyError> {
    Loader::default().load(Some(path), variable)
}

/// The policy file for a path: in the directory itself, else in the nearest one around it that has one, up to the
/// top of its repository.
pub fn find(path: &Path) -> Option<PathBuf> {
    let absolute = dunce::canonicalize(path).ok()?;
    let start = if absolute.is_dir() { absolute.as_path() } else { absolute.parent()? };
    let top = start.ancestors().find(|directory| directory.join(".git").exists()).unwrap_or(start);
    find_below(start, top)
}

/// As [`find`], up to a given directory.
pub fn find_below(start: &Path, top: &Path) -> Option<PathBuf> {
    start
        .ancestors()
        .take_while(|directory| directory.starts_with(top))
        .map(|directory| directory.join(FILE_NAME))
        .find(|file| file.is_file())
}

impl Loader {
    /// Reads a policy file, or none where the tree has none, over the shared one; then the environment.
    ///
    /// # Errors
    /// As [`load`].
    pub fn load(
        &self,
        path: Option<&Path>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Policy, PolicyError> {
        let mut policy = match path {
            Some(path) => read_whole(path, self.tree.as_deref())?,
            None => Policy::default(),
        };
        if let Some(shared) = &self.shared {
            policy = merge(policy, read_whole(shared, None)?);
        }
        policy.override_with(Overrides::from_environment(variable)?);
        Ok(policy)
    }
}

/// A file with everything it extends.
fn read_whole(path: &Path, tree: Option<&Path>) -> Result<Policy, PolicyError> {
    let unreadable = |source| PolicyError::Read { path: path.display().to_string(), source };
    let absolute = dunce::canonicalize(path).map_err(unreadable)?;
    let directory = absolute.parent().unwrap_or(Path::new("/")).to_owned();
    let tree = match tree {
        Some(tree) => dunce::canonicalize(tree).map_err(unreadable)?,
        None => directory
            .ancestors()
            .find(|ancestor| ancestor.join(".git").exists())
            .unwrap_or(&directory)
            .to_owned(),
    };
    read_file(&absolute, &mut Reading { tree: &tree, chain: Vec::new() })
}

fn read_file(path: &Path, reading: &mut Reading<'_>) -> Result<Policy, PolicyError> {
    let name = name_in(reading.tree, path);
    let content = read_text(path).map_err(|source| PolicyError::Read { path: name.clone(), source })?;
    let text = Text { name: &name, content: &content };
    let raw = parse(&text)?;
    let extends = raw.extends.clone();
    let directory = path.parent().unwrap_or(Path::new("/"));
    reading.chain.push(path.to_owned());
    let mut policy = validate(raw, &text, directory)?;
    if let Some(written) = extends {
        let base = extended(&written, &text, directory, reading)?;
        policy = merge(policy, read_file(&base, reading)?);
    }
    Ok(policy)
}

/// The file that `extends` names: inside the tree, and not one that is being read.
fn extended(
    written: &toml::Spanned<String>,
    text: &Text<'_>,
    directory: &Path,
    reading: &Reading<'_>,
) -> Result<PathBuf, PolicyError> {
    let wrong = |message: String| text.invalid(&written.span(), message);
    let shown = written.get_ref();
    let outside = || {
        wrong(format!(
            "`extends` leads out of the tree ({shown}); keep the shared file in the repository, or name it with --shared-policy"
        ))
    };
    if !plain_path(&directory.join(shown)).starts_with(reading.tree) {
        return Err(outside());
    }
    let path = dunce::canonicalize(directory.join(shown))
        .map_err(|error| wrong(format!("cannot read the extended file {shown}: {error}")))?;
    if !path.starts_with(reading.tree) {
        return Err(outside());
    }
    if reading.chain.contains(&path) {
        let circle: Vec<String> =
            reading.chain.iter().chain([&path]).map(|file| name_in(reading.tree, file)).collect();
        return Err(wrong(format!("`extends` goes in a circle: {}", circle.join(" -> "))));
    }
    Ok(path)
}

/// A path without `.` and `..`, without asking the disk: nothing outside the tree is looked at.
pub fn plain_path(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// Relative to the tree, with `/`.
fn name_in(tree: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(tree).unwrap_or_else(|_| Path::new(path.file_name().unwrap_or_default()));
    let parts: Vec<_> =
        inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}

fn read_text(path: &Path) -> io::Result<String> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    if metadata.len() > SIZE_LIMIT {
        return Err(io::Error::other("it is larger than a policy can be"));
    }
    let bytes = fs::read(path)?;
    let text = String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8 text"))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn parse(text: &Text<'_>) -> Result<RawPolicy, PolicyError> {
    toml::from_str(text.content).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        text.invalid(&span, explain(error.message()))
    })
}

/// The parser's message, with a suggestion for a word that it does not know.
fn explain(message: &str) -> String {
    let message = message.trim();
    let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (what, known) = match message {
        _ if message.starts_with("unknown field") => ("key", words.get(1..).unwrap_or_default()),
        _ if message.starts_with("unknown variant") => ("word", words.get(1..).unwrap_or_default()),
        _ => return message.to_owned(),
    };
    let wrong = words.first().copied().unwrap_or_default();
    let list = known.join(", ");
    match suggest(wrong, known.iter().copied()) {
        Some(near) => format!("unknown {what} `{wrong}`; did you mean `{near}`? Known here: {list}"),
        None => format!("unknown {what} `{wrong}`. Known here: {list}"),
    }
}
