//! package.json: of a project, of a workspace member, of an installed package.

use super::json::Json;
use super::license_field::{printable, statements};
use super::locked::{Need, platform_condition};
use super::text_file::TextFile;
use crate::ecosystems::ReadContext;
use crate::model::{DeclaredLicense, LicenseSource, PackageDetails, Problem, Scope, SourceSpan};
use std::collections::HashSet;
use std::path::Path;

/// The part of a package.json that an audit needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Manifest {
    /// Relative to the audited root.
    pub(super) file: String,
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) declared: Vec<DeclaredLicense>,
    pub(super) needs: Vec<Need>,
    /// Patterns of member directories; a leading `!` excludes.
    pub(super) workspaces: Vec<String>,
    /// Names that `overrides` or `resolutions` pin, at the top or below.
    pub(super) overridden: HashSet<String>,
    /// `pnpm@9.1.0`.
    pub(super) package_manager: Option<String>,
    pub(super) condition: Option<String>,
    pub(super) bundled: Vec<String>,
    pub(super) scripts: Vec<(String, String)>,
    pub(super) details: PackageDetails,
}

impl Manifest {
    /// Reads a file; `None` if there is none. Problems beside the manifest are facts that are missing.
    pub(super) fn read(path: &Path, context: &ReadContext) -> Option<Result<(Self, Vec<Problem>), Problem>> {
        let file = match TextFile::read(path, context)? {
            Ok(file) => file,
            Err(problem) => return Some(Err(problem)),
        };
        Some(match Json::parse(&file.text) {
            Ok(json @ Json::Object(_)) => Ok(Self::from_json(&json, &file)),
            Ok(_) => Err(Problem::incomplete(
                Some(SourceSpan::file(file.name.as_str())),
                "the file holds no JSON object; mend it and audit again",
            )),
            Err(error) => Err(json_problem(&file, &error)),
        })
    }

    fn from_json(json: &Json<'_>, file: &TextFile) -> (Self, Vec<Problem>) {
        let (statements, wrong) = statements(json);
        let place = key_place(json, file, &["license", "licenses"]);
        let mut problems: Vec<_> =
            wrong.into_iter().map(|text| Problem::fact_missing(place.clone(), text)).collect();
        problems.extend(duplicate_notes(json, file));
        let declared = statements
            .into_iter()
            .map(|statement| DeclaredLicense {
                statement,
                source: LicenseSource::Manifest,
                location: place.clone(),
            })
            .collect();
        let overrides = ["overrides", "resolutions"].iter().filter_map(|key| json.get(key));
        let pnpm = json.get("pnpm").and_then(|pnpm| pnpm.get("overrides"));
        let mut overridden = HashSet::new();
        overrides.chain(pnpm).for_each(|value| collect_overridden(value, &mut overridden));
        let manifest = Self {
            file: file.name.clone(),
            name: json.text_of("name").filter(|name| !name.is_empty()).map(printable),
            version: json.text_of("version").filter(|version| !version.is_empty()).map(printable),
            declared,
            needs: needs(json, file),
            workspaces: workspaces(json),
            overridden,
            package_manager: json.text_of("packageManager").map(str::to_owned),
            condition: condition(json),
            bundled: bundled_names(json),
            scripts: text_members(json.get("scripts")),
            details: details(json),
        };
        (manifest, problems)
    }
}

/// What a JSON file that cannot be read means, with its line.
pub(super) fn json_problem(file: &TextFile, error: &serde_json::Error) -> Problem {
    let line = u32::try_from(error.line()).unwrap_or(0);
    Problem::incomplete(
        Some(file.line(line)),
        format!("the file is not valid JSON and was not read: {error}"),
    )
}

/// Keys that stand twice: the clients take the last one silently, a reader of the report should know.
pub(super) fn duplicate_notes(json: &Json<'_>, file: &TextFile) -> Vec<Problem> {
    let notes = json.duplicate_keys().into_iter().map(|key| {
        Problem::note(
            Some(file.place_of(key)),
            format!("the key `{}` stands twice in one object; the last one counts", printable(key)),
        )
    });
    notes.take(20).collect()
}

/// `os`, `cpu` and `libc` of a package.json or a lock entry.
pub(super) fn condition(json: &Json<'_>) -> Option<String> {
    let list = |key: &str| json.get(key).map(Json::texts).unwrap_or_default();
    platform_condition(&list("os"), &list("cpu"), &list("libc"))
}

/// The dependencies of a package.json or a lock entry of the same shape.
///
/// A name in `optionalDependencies` hides the same name in `dependencies`, as with every client.
pub(super) fn needs(json: &Json<'_>, file: &TextFile) -> Vec<Need> {
    let fields = [
        ("dependencies", Scope::Runtime),
        ("optionalDependencies", Scope::Optional),
        ("peerDependencies", Scope::Peer),
        ("devDependencies", Scope::Dev),
    ];
    let optional = json.get("optionalDependencies");
    let peers_meta = json.get("peerDependenciesMeta");
    let optional_peers = json.get("optionalPeers").map(Json::texts).unwrap_or_default();
    let mut found: Vec<Need> = Vec::new();
    for (field, scope) in fields {
        let Some(table) = json.get(field) else { continue };
        let first = found.len();
        for (name, range) in table.members() {
            if scope == Scope::Runtime && optional.is_some_and(|table| table.get(name).is_some()) {
                continue;
            }
            let optional_peer = optional_peers.iter().any(|peer| peer == name)
                || peers_meta.and_then(|meta| meta.get(name)).is_some_and(|meta| meta.is_true("optional"));
            let need = Need {
                name: printable(name),
                range: range.text().map(printable).unwrap_or_default(),
                scope,
                may_miss: scope == Scope::Optional || (scope == Scope::Peer && optional_peer),
                line: file.line_of(name),
            };
            match found[first..].iter_mut().find(|known| known.name == need.name) {
                Some(known) => *known = need,
                None => found.push(need),
            }
        }
    }
    found
}

/// The place of the first of these keys that is there.
fn key_place(json: &Json<'_>, file: &TextFile, keys: &[&str]) -> Option<SourceSpan> {
    let (key, _) = json.members().iter().find(|(key, _)| keys.contains(&key.as_ref()))?;
    Some(file.place_of(key))
}

fn workspaces(json: &Json<'_>) -> Vec<String> {
    match json.get("workspaces") {
        Some(list @ Json::List(_)) => list.texts(),
        Some(object) => object.get("packages").map(Json::texts).unwrap_or_default(),
        None => Vec::new(),
    }
}

fn bundled_names(json: &Json<'_>) -> Vec<String> {
    let field = json.get("bundleDependencies").or_else(|| json.get("bundledDependencies"));
    match field {
        Some(Json::Bool(true)) => {
            let table = json.get("dependencies");
            table.map(|table| table.members().iter().map(|(name, _)| printable(name)).collect())
        }
        Some(list) => Some(list.texts().iter().map(|name| printable(name)).collect()),
        None => None,
    }
    .unwrap_or_default()
}

fn text_members(value: Option<&Json<'_>>) -> Vec<(String, String)> {
    let members = value.map(Json::members).unwrap_or_default();
    members.iter().filter_map(|(key, value)| Some((key.to_string(), value.text()?.to_owned()))).collect()
}

/// The names in `overrides` (`{"a": {"b": "1"}}`) and `resolutions` (`"a/**/b"`, `"b@^1"`).
fn collect_overridden(value: &Json<'_>, into: &mut HashSet<String>) {
    for (key, inner) in value.members() {
        let last = key.rsplit(['>', ' ']).next().unwrap_or(key);
        let scope = last.rfind("/@").or_else(|| last.starts_with('@').then_some(0));
        let name = match scope {
            Some(at) => last[at..].trim_start_matches('/'),
            None => last.rsplit('/').next().unwrap_or(last),
        };
        let end = name.get(1..).and_then(|rest| rest.find('@')).map_or(name.len(), |at| at + 1);
        into.insert(name[..end].to_owned());
        collect_overridden(inner, into);
    }
}

fn details(json: &Json<'_>) -> PackageDetails {
    let text = |key: &str| json.text_of(key).filter(|text| !text.is_empty()).map(printable);
    let repository = json.get("repository").and_then(|value| match value {
        Json::Text(text) => Some(printable(text)),
        _ => value.text_of("url").map(printable),
    });
    let people = json.get("author").into_iter();
    let people = people.chain(json.get("contributors").map(Json::elements).unwrap_or_default());
    PackageDetails {
        description: text("description"),
        homepage: text("homepage"),
        repository,
        authors: people.filter_map(person).collect(),
    }
}

/// A person as npm writes one: `Name <mail>`, or an object of the same.
fn person(value: &Json<'_>) -> Option<String> {
    if let Some(text) = value.text() {
        return Some(printable(text)).filter(|text| !text.is_empty());
    }
    let name = printable(value.text_of("name")?);
    Some(match value.text_of("email") {
        Some(mail) => format!("{name} <{}>", printable(mail)),
        None => name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(text: &str) -> (Manifest, Vec<Problem>) {
        let file = TextFile::new("package.json".to_owned(), text.to_owned());
        let json = Json::parse(&file.text).expect("JSON");
        Manifest::from_json(&json, &file)
    }

    #[test]
    fn needs_carry_scope_line_and_whether_they_may_miss() {
        let (manifest, _) = manifest(concat!(
            "{\"dependencies\": {\"a\": \"1\", \"o\": \"1\"},\n",
            "\"optionalDependencies\": {\"o\": \"2\"},\n",
            "\"peerDependencies\": {\"p\": \"*\", \"q\": \"*\"},\n",
            "\"peerDependenciesMeta\": {\"q\": {\"optional\": true}},\n",
            "\"devDependencies\": {\"p\": \"3\", \"__proto__\": 5}}"
        ));
        let lines: Vec<_> = manifest
            .needs
            .iter()
            .map(|n| format!("{} {:?} {} {} {}", n.name, n.range, n.scope, n.may_miss, n.line))
            .collect();
        assert_eq!(
            lines,
            [
                "a \"1\" runtime false 1",
                "o \"2\" optional true 2",
                "p \"*\" peer false 3",
                "q \"*\" peer true 3",
                "p \"3\" dev false 5",
                "__proto__ \"\" dev false 5",
            ]
        );
    }

    #[test]
    fn duplicate_keys_are_noted_with_their_line() {
        let (manifest, problems) = manifest("{\"name\": \"a\",\n\"name\": \"b\"}");
        assert_eq!(manifest.name.as_deref(), Some("b"));
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].location.as_ref().map(|place| place.line), Some(2));
    }

    #[test]
    fn overridden_names_are_found_in_every_spelling() {
        let (manifest, _) = manifest(
            r#"{"overrides": {"a": {"b@^1": "2"}}, "resolutions": {"c/**/d": "1", "@s/e": "1", "x/@s/f@npm:1": "2"},
                "pnpm": {"overrides": {"g>h": "1"}}}"#,
        );
        let mut names: Vec<_> = manifest.overridden.into_iter().collect();
        names.sort();
        assert_eq!(names, ["@s/e", "@s/f", "a", "b", "d", "h"]);
    }
}
