//! The requirements.txt family, as pip reads it (the "Requirements File Format" page of pip's manual).
//!
//! Supported: comments, continuations, `-r`, `-c`, `-e`, `--hash`, markers, extras, `name @ address`, bare
//! addresses and version-control addresses, local archives and directories, `${NAME}` from the user's
//! environment, and the `# via` comments of compiled files. Index options are passed over: an audited tree
//! never decides where a request goes.

use super::archive_name;
use super::manifest::{Declared, clean, origin_of, path_origin};
use super::requirement::{Requirement, normalise, shorten};
use super::requirements_files::Purpose;
use super::text::{self, Document};
use crate::ecosystems::ReadContext;
use crate::model::{Checksum, ChecksumAlgorithm, Files, Problem, SourceSpan};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Options that take a value, of no interest here.
const PASSED_OVER: [&str; 18] = [
    "-i",
    "--index-url",
    "--pypi-url",
    "--extra-index-url",
    "--no-index",
    "-f",
    "--find-links",
    "--trusted-host",
    "--pre",
    "--prefer-binary",
    "--no-binary",
    "--only-binary",
    "--use-feature",
    "--require-hashes",
    "--process-dependency-links",
    "--config-settings",
    "--global-option",
    "--no-build-isolation",
];

/// What a requirements file and everything it includes ask for.
#[derive(Debug, Default)]
pub(super) struct Requirements {
    /// Dependencies in order.
    pub declared: Vec<Declared>,
    /// Version limits for packages that something else asks for.
    pub constraints: Vec<(Requirement, SourceSpan)>,
    /// Project directories to install from, with the extras asked for.
    pub local_projects: Vec<(PathBuf, Vec<String>, SourceSpan)>,
    /// Files read, in order.
    pub files: Vec<PathBuf>,
    /// Whether `# via` comments say who asks for what.
    pub compiled: bool,
    /// What the file is for, by its name.
    pub purpose: Purpose,
    visited: BTreeSet<PathBuf>,
}

impl Requirements {
    /// Whether every line carries a hash: pip then accepts nothing that is not listed, so the list is complete.
    pub(super) fn all_hashed(&self) -> bool {
        !self.declared.is_empty() && self.declared.iter().all(|declared| !declared.checksums.is_empty())
    }
}

/// Reads a requirements file with its includes into `into`.
pub(super) fn read(path: &Path, context: &ReadContext, into: &mut Requirements, problems: &mut Vec<Problem>) {
    let mut reader = FileReader { context, into, problems, stack: Vec::new(), role: Role::Requirements };
    reader.file(path);
}

struct FileReader<'a> {
    context: &'a ReadContext,
    into: &'a mut Requirements,
    problems: &'a mut Vec<Problem>,
    stack: Vec<PathBuf>,
    role: Role,
}

/// What the lines of a file do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// They ask for packages.
    Requirements,
    /// They narrow the versions of packages that something else asks for.
    Constraints,
}

impl FileReader<'_> {
    fn file(&mut self, path: &Path) {
        let path = clean(path);
        // Links could give one file endlessly many names.
        if !self.into.visited.insert(dunce::canonicalize(&path).unwrap_or_else(|_| path.clone())) {
            return;
        }
        let Some(document) = text::load(&path, self.context, self.problems) else { return };
        self.into.files.push(path.clone());
        self.stack.push(path);
        let mut via = false;
        let mut pending: Option<(String, usize)> = None;
        let before = self.into.declared.len();
        for (index, line) in document.text.lines().enumerate() {
            let is_comment = line.trim_start().starts_with('#');
            if is_comment && pending.is_none() {
                if self.into.declared.len() > before {
                    via = self.via_comment(line, via);
                }
                continue;
            }
            via = false;
            let (mut logical, start) = pending.take().unwrap_or((String::new(), index + 1));
            match line.strip_suffix('\\') {
                Some(head) if !is_comment => {
                    logical.push_str(head);
                    pending = Some((logical, start));
                }
                _ => {
                    logical.push_str(if is_comment { "" } else { line });
                    self.logical_line(&logical, &document, start);
                }
            }
        }
        if let Some((logical, start)) = pending {
            self.logical_line(&logical, &document, start);
        }
        self.stack.pop();
    }

    /// `# via x`, or a list of such names on the following comment lines. Says whether a list goes on.
    fn via_comment(&mut self, line: &str, going_on: bool) -> bool {
        let comment = line.trim_start().trim_start_matches('#').trim();
        let is_indented = line.starts_with([' ', '\t']);
        let names = match comment.strip_prefix("via") {
            Some(rest) if is_indented && (rest.is_empty() || rest.starts_with(' ')) => rest.trim(),
            _ if going_on && is_indented && !comment.is_empty() => comment,
            _ => return false,
        };
        self.note_via(names);
        true
    }

    fn note_via(&mut self, names: &str) {
        if let Some(last) = self.into.declared.last_mut().filter(|_| !names.is_empty()) {
            last.via.extend(names.split(',').map(|name| name.trim().to_owned()));
            self.into.compiled = true;
        }
    }

    fn logical_line(&mut self, line: &str, document: &Document, number: usize) {
        let (body, comment) = split_comment(line);
        let place = document.line(number);
        let body = self.expand(body.trim(), &place);
        if body.is_empty() {
            return;
        }
        let count = self.into.declared.len();
        if body.starts_with('-') {
            self.option(&body, &place);
        } else {
            self.requirement(&body, &place);
        }
        if let Some(names) = comment.trim().strip_prefix("via ")
            && self.into.declared.len() > count
        {
            self.note_via(names);
        }
    }

    /// `${NAME}`, in capitals, as pip expands it. Unset names stay; secrets in addresses are cut off later.
    fn expand(&mut self, line: &str, place: &SourceSpan) -> String {
        let mut result = String::new();
        let mut rest = line;
        while let Some(start) = rest.find("${") {
            let Some(length) = rest[start..].find('}') else { break };
            let name = &rest[start + 2..start + length];
            result.push_str(&rest[..start]);
            let is_variable = !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
            let in_address = result.contains("://");
            match self.context.environment.variable(name).filter(|_| is_variable && !in_address) {
                Some(value) => result.push_str(value),
                None => {
                    if is_variable && !in_address {
                        let message = format!(
                            "the environment variable {name} is not set; the line is read as it stands"
                        );
                        self.problems.push(Problem::note(Some(place.clone()), message));
                    }
                    result.push_str(&rest[start..=start + length]);
                }
            }
            rest = &rest[start + length + 1..];
        }
        result.push_str(rest);
        result
    }

    fn option(&mut self, line: &str, place: &SourceSpan) {
        let (name, value) = split_option(line);
        match name {
            "-r" | "--requirement" => self.include(value, place, self.role),
            "-c" | "--constraint" => self.include(value, place, Role::Constraints),
            "-e" | "--editable" => self.requirement(value, place),
            name if PASSED_OVER.contains(&name) => {}
            name => {
                let message = format!("the option `{}` is not known and was passed over", shorten(name));
                self.problems.push(Problem::note(Some(place.clone()), message));
            }
        }
    }

    fn include(&mut self, target: &str, place: &SourceSpan, role: Role) {
        if target.contains("://") {
            let shown = text::without_credentials(target);
            let message =
                format!("includes {shown}, which an audit does not fetch; store the file beside this one");
            self.problems.push(Problem::incomplete(Some(place.clone()), message));
            return;
        }
        let base = self.stack.last().and_then(|path| path.parent()).unwrap_or(&self.context.root);
        let path = clean(&base.join(target.replace('\\', "/")));
        if self.stack.contains(&path) {
            let message =
                format!("includes `{}`, which includes this file again; read once", shorten(target));
            self.problems.push(Problem::note(Some(place.clone()), message));
            return;
        }
        if !self.is_inside(&path) {
            let message = format!(
                "includes `{}`, which lies outside the audited directory; audit from the directory above",
                shorten(target)
            );
            self.problems.push(Problem::incomplete(Some(place.clone()), message));
            return;
        }
        if !path.is_file() {
            let message =
                format!("includes `{}`, which does not exist; its requirements are unknown", shorten(target));
            self.problems.push(Problem::incomplete(Some(place.clone()), message));
            return;
        }
        let outer = std::mem::replace(&mut self.role, role);
        self.file(&path);
        self.role = outer;
    }

    /// A hostile include must not carry lines of foreign files into a report.
    fn is_inside(&self, path: &Path) -> bool {
        let root = clean(&self.context.root);
        let real = |path: &Path| dunce::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        path.starts_with(&root) && real(path).starts_with(real(&root))
    }

    fn requirement(&mut self, body: &str, place: &SourceSpan) {
        let (body, options) = split_options(body);
        let checksums = self.checksums(options, place);
        let Some(mut declared) = self.declare(unquoted(body.trim()), place) else { return };
        super::manifest::report_complaints(&declared.requirement, place, self.problems);
        declared.checksums = checksums;
        if self.role == Role::Constraints {
            self.into.constraints.push((declared.requirement, place.clone()));
        } else {
            self.into.declared.push(declared);
        }
    }

    fn declare(&mut self, body: &str, place: &SourceSpan) -> Option<Declared> {
        if is_address(body) {
            return self.address(body, place);
        }
        if is_path(body) {
            return self.path(body, place);
        }
        let requirement = match Requirement::parse(body) {
            Ok(requirement) => requirement,
            Err(reason) => {
                let message = format!("the line cannot be read: {reason}; correct it or comment it out");
                self.problems.push(Problem::incomplete(Some(place.clone()), message));
                return None;
            }
        };
        let mut declared = Declared::new(requirement, place.clone());
        if let Some(address) = &declared.requirement.address {
            let directory = self.stack.last().and_then(|path| path.parent()).unwrap_or(&self.context.root);
            declared.origin = Some(origin_of(address, directory, self.context));
        }
        Some(declared)
    }

    fn address(&mut self, body: &str, place: &SourceSpan) -> Option<Declared> {
        let (address, marker) = match body.find(" ;") {
            Some(at) => (body[..at].trim(), Some(body[at + 2..].trim().to_owned())),
            None => (body, None),
        };
        let Some(found) = archive_name::of_address(address) else {
            let shown = text::without_credentials(address);
            let message = format!("`{}` names no package; write `name @ address`", shorten(&shown));
            self.problems.push(Problem::incomplete(Some(place.clone()), message));
            return None;
        };
        if !found.certain {
            let message = format!(
                "the name `{}` is taken from the address; write `name @ address` to be sure",
                found.name
            );
            self.problems.push(Problem::note(Some(place.clone()), message));
        }
        let requirement = Requirement {
            extras: found.extras,
            specifier: found.version.map(|version| format!("=={version}")),
            address: Some(address.to_owned()),
            marker,
            name: found.name,
        };
        let mut declared = Declared::new(requirement, place.clone());
        declared.origin = Some(origin_of(address, &self.context.root, self.context));
        Some(declared)
    }

    /// A wheel, a source archive or a project directory on this machine.
    fn path(&mut self, body: &str, place: &SourceSpan) -> Option<Declared> {
        let (spelled, marker) = match body.split_once(';') {
            Some((path, marker)) => (path.trim(), Some(marker.trim().to_owned())),
            None => (body, None),
        };
        let (spelled, extras) = split_extras(spelled);
        let base = self.stack.last().and_then(|path| path.parent()).unwrap_or(&self.context.root);
        let path = clean(&base.join(spelled.strip_prefix("file:").unwrap_or(spelled).replace('\\', "/")));
        if path.is_dir() {
            self.into.local_projects.push((path, extras, place.clone()));
            return None;
        }
        let Some(found) = archive_name::of_address(spelled).filter(|found| found.certain) else {
            let message =
                format!("`{}` is no package that can be read here; its license is unknown", shorten(body));
            self.problems.push(Problem::incomplete(Some(place.clone()), message));
            return None;
        };
        let requirement = Requirement {
            specifier: found.version.map(|version| format!("=={version}")),
            extras,
            marker,
            ..Requirement::named(&found.name)
        };
        let mut declared = Declared::new(requirement, place.clone());
        declared.origin = Some(path_origin(spelled, &path, self.context));
        if !path.is_file() {
            let message = format!(
                "`{}` does not exist here; its license and what it needs are unknown",
                shorten(spelled)
            );
            self.problems.push(Problem::incomplete(Some(place.clone()), message));
        }
        declared.files = (path.is_file() && self.is_inside(&path)).then_some(Files::Archive(path));
        Some(declared)
    }

    fn checksums(&mut self, options: &str, place: &SourceSpan) -> Vec<Checksum> {
        let mut found = Vec::new();
        let spelled = options.replace("--hash ", "--hash=");
        for option in spelled.split_whitespace() {
            let Some(text) = option.strip_prefix("--hash=") else { continue };
            match checksum(text) {
                Some(checksum) => found.push(checksum),
                None => {
                    let message = format!("the hash `{}` cannot be read", shorten(text));
                    self.problems.push(Problem::note(Some(place.clone()), message));
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }
}

/// Reads `sha256:…`, as pip and every lock file here write it.
pub(super) fn checksum(text: &str) -> Option<Checksum> {
    let (name, value) = text.trim().split_once(':')?;
    let (algorithm, length) = match name {
        "md5" => (ChecksumAlgorithm::Md5, 32),
        "sha1" => (ChecksumAlgorithm::Sha1, 40),
        "sha256" => (ChecksumAlgorithm::Sha256, 64),
        "sha384" => (ChecksumAlgorithm::Sha384, 96),
        "sha512" => (ChecksumAlgorithm::Sha512, 128),
        _ => return None,
    };
    let is_right = value.len() == length && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_right.then(|| Checksum { algorithm, value: value.to_ascii_lowercase() })
}

/// A comment starts at the line's start or after white space, so that `#egg=` stays.
fn split_comment(line: &str) -> (&str, &str) {
    let mut from = 0;
    while let Some(at) = line[from..].find('#').map(|at| at + from) {
        if at == 0 || line[..at].ends_with([' ', '\t']) {
            return (&line[..at], &line[at + 1..]);
        }
        from = at + 1;
    }
    (line, "")
}

fn split_option(line: &str) -> (&str, &str) {
    let end = if line.starts_with("--") {
        line.find(['=', ' ', '\t']).unwrap_or(line.len())
    } else {
        line.char_indices().nth(2).map_or(line.len(), |(at, _)| at)
    };
    (&line[..end], line[end..].trim_start_matches(['=', ' ', '\t']).trim().trim_matches(['"', '\'']))
}

/// Quotes around the whole; a quote that ends a marker stays.
fn unquoted(text: &str) -> &str {
    ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(text)
}

/// The requirement and its own options (`--hash`), which begin at the first ` --`.
fn split_options(body: &str) -> (&str, &str) {
    body.find(" --").or_else(|| body.find("\t--")).map_or((body, ""), |at| body.split_at(at))
}

fn split_extras(spelled: &str) -> (&str, Vec<String>) {
    match spelled.strip_suffix(']').and_then(|text| text.rsplit_once('[')) {
        Some((path, extras)) => (path, extras.split(',').map(normalise).collect()),
        None => (spelled, Vec::new()),
    }
}

fn is_address(body: &str) -> bool {
    body.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte))
    })
}

fn is_path(body: &str) -> bool {
    let head = body.split([';', '@', ' ']).next().unwrap_or("");
    head.starts_with('.')
        || head.contains(['/', '\\'])
        || head.starts_with("file:")
        || [".whl", ".tar.gz", ".zip", ".tgz", ".tar.bz2"].iter().any(|suffix| head.ends_with(suffix))
}
