//! SPDX 2 as tag-value: lines are added or replaced, the rest stays.

use super::splice::Splices;
use super::{EnrichError, Known, expressions, facts, is_ours};
use crate::report::sbom::NO_TIME;
use crate::report::sbom::spdx_licenses::property_lines;

/// Adds to every package that is known.
pub(super) fn add(text: &str, known: &Known<'_>) -> Result<Vec<u8>, EnrichError> {
    let tags = tags(text);
    if !tags.iter().any(|tag| tag.name == "SPDXVersion") {
        return Err(EnrichError::UnknownFormat);
    }
    let date = tags.iter().find(|tag| tag.name == "Created").map_or(NO_TIME, |tag| tag.value);
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut splices = Splices::default();
    for package in packages(&tags) {
        one(package, known, date, line_end, &mut splices);
    }
    for (from, to) in own_annotations(&tags) {
        splices.replace(from, to, String::new());
    }
    Ok(splices.apply(text))
}

/// A tag with its value and the bytes from the start of its line to the start of the next.
struct Tag<'a> {
    name: &'a str,
    value: &'a str,
    from: usize,
    to: usize,
}

fn tags(text: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let line_end = |from: usize| text[from..].find('\n').map_or(text.len(), |length| from + length + 1);
        let mut to = line_end(at);
        let line = &text[at..to];
        let is_remark = line.trim_start().starts_with('#');
        if let Some((name, value)) = line.split_once(':').filter(|_| !is_remark) {
            let start = at + line.len() - value.len();
            let mut value = value.trim();
            if value.starts_with("<text>") {
                let end = text[start..].find("</text>").map_or(text.len(), |length| start + length + 7);
                to = line_end(end);
                value = text[start..end].trim();
            }
            found.push(Tag { name: name.trim(), value, from: at, to });
        }
        at = to;
    }
    found
}

/// The tags of each package, from its name to the next thing with a name of its own.
fn packages<'t, 'a>(tags: &'t [Tag<'a>]) -> Vec<&'t [Tag<'a>]> {
    const STARTS: [&str; 4] = ["PackageName", "FileName", "SnippetSPDXID", "LicenseID"];
    let starts: Vec<usize> =
        (0..tags.len()).filter(|position| STARTS.contains(&tags[*position].name)).collect();
    let ends = starts.iter().skip(1).copied().chain([tags.len()]);
    let sections = starts.iter().zip(ends).map(|(start, end)| &tags[*start..end]);
    sections.filter(|section| section[0].name == "PackageName").collect()
}

fn one(package: &[Tag<'_>], known: &Known<'_>, date: &str, line_end: &str, splices: &mut Splices) {
    let find = |name: &str| package.iter().find(|tag| tag.name == name);
    let value = |name: &str| find(name).map(|tag| tag.value);
    let purl = package.iter().filter(|tag| tag.name == "ExternalRef").find_map(|tag| {
        let mut words = tag.value.split_whitespace().skip(1);
        words.next().filter(|kind| kind.ends_with("purl")).and(words.next())
    });
    let Some(found) = known.find(purl, None, value("PackageName"), value("PackageVersion")) else { return };
    let is_own = |tag: &&Tag<'_>| {
        tag.name.starts_with("Package") || tag.name.starts_with("ExternalRef") || tag.name == "SPDXID"
    };
    let Some(last) = package.iter().rfind(is_own) else { return };
    let mut added = String::new();
    let (declared, concluded) = expressions(found);
    for (name, expression) in [("PackageLicenseDeclared", declared), ("PackageLicenseConcluded", concluded)] {
        let Some(expression) = expression else { continue };
        let line = format!("{name}: {expression}{line_end}");
        match find(name) {
            Some(tag) if tag.value == "NOASSERTION" => splices.replace(tag.from, tag.to, line),
            Some(_) => {}
            None => added.push_str(&line),
        }
    }
    let comment = property_lines(&facts(found)).replace("</text>", "< /text>").replace('\n', line_end);
    let annotation = [
        ("Annotator", known.annotator.as_str()),
        ("AnnotationDate", date),
        ("AnnotationType", "OTHER"),
        ("SPDXREF", value("SPDXID").unwrap_or_default()),
        ("AnnotationComment", &format!("<text>{comment}</text>")),
    ];
    for (name, value) in annotation {
        added.push_str(&format!("{name}: {value}{line_end}"));
    }
    splices.insert(last.to, added);
}

/// The bytes of annotations that an earlier run added.
fn own_annotations(tags: &[Tag<'_>]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tags.len() {
        let start = at;
        at += 1;
        if tags[start].name != "Annotator" {
            continue;
        }
        let belongs = |tag: &Tag<'_>| tag.name.starts_with("Annotation") || tag.name == "SPDXREF";
        while tags.get(at).is_some_and(belongs) {
            at += 1;
        }
        let comment = tags[start..at].iter().find(|tag| tag.name == "AnnotationComment");
        if comment.is_some_and(|tag| is_ours(tag.value.trim_start_matches("<text>"))) {
            found.push((tags[start].from, tags[at - 1].to));
        }
    }
    found
}
