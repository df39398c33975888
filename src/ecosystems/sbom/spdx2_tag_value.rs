//! SPDX 2.2 and 2.3 as tag-value: each package becomes the value its JSON form would have.

use super::Parsed;
use super::notes::Notes;
use super::spdx2::Reader;
use crate::model::Problem;
use serde_json::{Map, Value, json};

/// Reads a document.
pub(super) fn read(text: &str, file: &str) -> Parsed {
    let mut reader = Reader::new(Notes::new(file, text));
    let mut current = Current::default();
    let mut tags = Tags { lines: text.lines().enumerate(), unclosed: None };
    while let Some(tag) = tags.next() {
        match tag {
            Ok((line, name, value)) => take(&mut reader, &mut current, line, name, &value),
            Err(line) => {
                let message = "this line is no `Tag: value` and was not read".to_owned();
                reader.notes.at_line(Problem::fact_missing, line, message);
            }
        }
    }
    if let Some(line) = tags.unclosed {
        let message = "a <text> is never closed; the document ends inside it".to_owned();
        reader.notes.at_line(Problem::incomplete, line, message);
    }
    current.flush(&mut reader);
    let creation = Value::Object(current.creation);
    reader.take("creationInfo", creation.into(), None);
    reader.finish()
}

/// What the lines so far have begun.
#[derive(Default)]
struct Current {
    section: Section,
    fields: Map<String, Value>,
    line: u32,
    annotation: Map<String, Value>,
    creation: Map<String, Value>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Section {
    #[default]
    Document,
    Package,
    License,
    Other,
}

impl Current {
    fn begin(&mut self, section: Section, line: u32, reader: &mut Reader<'_>) {
        self.flush(reader);
        self.section = section;
        self.line = line;
    }

    fn flush(&mut self, reader: &mut Reader<'_>) {
        self.flush_annotation();
        let fields = std::mem::take(&mut self.fields);
        let value = Value::Object(fields);
        match self.section {
            Section::Package => reader.take("packages", value.into(), Some(self.line)),
            Section::License => reader.take("hasExtractedLicensingInfos", value.into(), None),
            Section::Document => {
                for annotation in value.get("annotations").and_then(Value::as_array).into_iter().flatten() {
                    reader.take("annotations", annotation.clone().into(), None);
                }
            }
            Section::Other => {}
        }
    }

    fn flush_annotation(&mut self) {
        let annotation = std::mem::take(&mut self.annotation);
        if !annotation.is_empty() {
            self.append("annotations", Value::Object(annotation));
        }
    }

    fn append(&mut self, key: &str, value: Value) {
        let list = self.fields.entry(key.to_owned()).or_insert_with(|| Value::Array(Vec::new()));
        if let Some(list) = list.as_array_mut() {
            list.push(value);
        }
    }

    fn set(&mut self, key: &str, value: &str) {
        self.fields.insert(key.to_owned(), json!(value));
    }
}

fn take(reader: &mut Reader<'_>, current: &mut Current, line: u32, name: &str, value: &str) {
    match name {
        "SPDXVersion" => reader.take("spdxVersion", json!(value).into(), None),
        "DocumentName" => reader.take("name", json!(value).into(), None),
        "Created" => {
            current.creation.insert("created".to_owned(), json!(value));
        }
        "LicenseListVersion" => {
            current.creation.insert("licenseListVersion".to_owned(), json!(value));
        }
        "Creator" => {
            let list = current.creation.entry("creators").or_insert_with(|| Value::Array(Vec::new()));
            if let Some(list) = list.as_array_mut() {
                list.push(json!(value));
            }
        }
        "PackageName" => {
            current.begin(Section::Package, line, reader);
            current.set("name", value);
        }
        "LicenseID" => {
            current.begin(Section::License, line, reader);
            current.set("licenseId", value);
        }
        "FileName" | "SnippetSPDXID" => current.begin(Section::Other, line, reader),
        "Relationship" => relationship(reader, value),
        "Annotator" => {
            current.flush_annotation();
            current.annotation.insert("annotator".to_owned(), json!(value));
        }
        "AnnotationComment" => {
            current.annotation.insert("comment".to_owned(), json!(value));
        }
        _ if current.section == Section::Package => package_tag(current, name, value),
        _ if current.section == Section::License => license_tag(current, name, value),
        _ => {}
    }
}

fn package_tag(current: &mut Current, name: &str, value: &str) {
    let plain = match name {
        "SPDXID" => "SPDXID",
        "PackageVersion" => "versionInfo",
        "PackageDownloadLocation" => "downloadLocation",
        "PackageHomePage" => "homepage",
        "PackageLicenseConcluded" => "licenseConcluded",
        "PackageLicenseDeclared" => "licenseDeclared",
        "PackageCopyrightText" => "copyrightText",
        "PackageSummary" => "summary",
        "PackageDescription" => "description",
        "PrimaryPackagePurpose" => "primaryPackagePurpose",
        "PackageChecksum" => {
            if let Some((algorithm, sum)) = value.split_once(':') {
                let checksum = json!({"algorithm": algorithm.trim(), "checksumValue": sum.trim()});
                current.append("checksums", checksum);
            }
            return;
        }
        "ExternalRef" => {
            let mut words = value.split_whitespace();
            let (category, kind, locator) = (words.next(), words.next(), words.next());
            current.append(
                "externalRefs",
                json!({
                    "referenceCategory": category, "referenceType": kind, "referenceLocator": locator,
                }),
            );
            return;
        }
        "ExternalRefComment" => {
            let last = current.fields.get_mut("externalRefs").and_then(Value::as_array_mut);
            if let Some(last) = last.and_then(|list| list.last_mut()) {
                last["comment"] = json!(value);
            }
            return;
        }
        _ => return,
    };
    current.set(plain, value);
}

fn license_tag(current: &mut Current, name: &str, value: &str) {
    match name {
        "ExtractedText" => current.set("extractedText", value),
        "LicenseName" => current.set("name", value),
        "LicenseCrossReference" => current.append("seeAlsos", json!(value)),
        _ => {}
    }
}

fn relationship(reader: &mut Reader<'_>, value: &str) {
    let mut words = value.split_whitespace();
    let (from, kind, to) = (words.next(), words.next(), words.next());
    let value = json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to});
    reader.take("relationships", value.into(), None);
}

/// The tags of a text; values in `<text>` may go over many lines.
struct Tags<'a> {
    lines: std::iter::Enumerate<std::str::Lines<'a>>,
    unclosed: Option<u32>,
}

impl<'a> Tags<'a> {
    /// Line, tag and value; or the line that is none.
    fn next(&mut self) -> Option<Result<(u32, &'a str, String), u32>> {
        loop {
            let (index, text) = self.lines.next()?;
            let line = u32::try_from(index).unwrap_or(u32::MAX - 1) + 1;
            let trimmed = text.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') {
                continue;
            }
            let Some((name, value)) = trimmed.split_once(':') else { return Some(Err(line)) };
            let value = value.trim();
            let Some(rest) = value.strip_prefix("<text>") else {
                return Some(Ok((line, name.trim(), value.to_owned())));
            };
            return Some(Ok((line, name.trim(), self.long(rest, line))));
        }
    }

    fn long(&mut self, first: &str, line: u32) -> String {
        if let Some(end) = first.find("</text>") {
            return first[..end].to_owned();
        }
        let mut value = first.to_owned();
        for (_, text) in self.lines.by_ref() {
            value.push('\n');
            if let Some(end) = text.find("</text>") {
                value.push_str(&text[..end]);
                return value;
            }
            value.push_str(text);
        }
        self.unclosed = Some(line);
        value
    }
}
