//! Where a project speaks of reporting vulnerabilities, and to whom.

use super::address::{emails, host, is_placeholder, is_private_report, is_public_tracker, urls};
use super::key_files::key_blocks;
use super::keys::verify_cleartext;
use super::security_txt::{self, SecurityTxt};
use super::text::{has_gap, mentions, paragraphs, sections, visible};
use super::tree::{Document, Tree};
use jiff::Timestamp;

/// Words for reporting a weakness, in a few languages.
const REPORT: &[&str] = &[
    "report",
    "disclos",
    "vulnerab",
    "melde",
    "meldung",
    "schwachstelle",
    "sicherheitslück",
    "signaler",
    "signalez",
    "vulnérab",
    "faille",
    "segnala",
    "reporta",
    "informe de",
    "zgłoś",
    "zgłasz",
    "podatno",
    "kwetsbaarhe",
    "ilmoita",
    "haavoittuvu",
    "nahlás",
    "zranitel",
];
/// Local parts of mailboxes made for this.
const ROLES: &[&str] = &["security", "psirt", "csirt", "cert", "vuln", "infosec", "sirt", "sicherheit"];

/// A text about reporting vulnerabilities.
#[derive(Clone, Debug)]
pub struct SecurityText<'a> {
    /// The file.
    pub document: Document<'a>,
    /// The part of it that speaks of this.
    pub body: &'a str,
    /// The line before that part.
    pub offset: usize,
}

/// How a contact is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactKind {
    /// A mailbox.
    Mail,
    /// A form or portal.
    Form,
    /// A private report on the forge.
    Forge,
}

/// A contact for vulnerability reports.
#[derive(Clone, Debug)]
pub struct Contact {
    /// The mail address or link.
    pub address: String,
    /// How it is reached.
    pub kind: ContactKind,
    /// File and line.
    pub place: String,
    /// Whether the words around it, or its name, say that it is for this.
    pub meant: bool,
}

impl SecurityText<'_> {
    /// `path:line` of a line of the part, from 1.
    pub fn place(&self, line: usize) -> String {
        self.document.place(self.offset + line)
    }

    /// Whether it is the forge's template as it came, or one with its gaps open.
    pub fn is_template(&self) -> bool {
        let text = visible(self.body);
        let unedited =
            mentions(&text, &["use this section to tell people", "tell them where to go, how often"]);
        unedited || has_gap(&text)
    }
}

/// Every text about reporting vulnerabilities: SECURITY files, then sections of README, CONTRIBUTING, and the docs.
pub fn security_texts(tree: &Tree) -> Vec<SecurityText<'_>> {
    let stems =
        ["SECURITY", "SECURITY_POLICY", "VULNERABILITY_DISCLOSURE", "VULNERABILITY_DISCLOSURE_POLICY"];
    let mut found: Vec<SecurityText> = tree
        .community(&stems)
        .into_iter()
        .map(|document| SecurityText { body: document.text, document, offset: 0 })
        .collect();
    let known: Vec<String> = found.iter().map(|text| text.document.path.clone()).collect();
    for spot in tree.security_spots() {
        let Some(document) = tree.as_document(&tree.files()[spot.file]) else { continue };
        if !known.contains(&document.path) {
            let body = &document.text[spot.start..spot.end];
            found.push(SecurityText { document, body, offset: spot.line });
        }
    }
    found
}

/// A section about reporting, by its place; found once for a repository.
#[derive(Debug)]
pub struct Spot {
    file: usize,
    start: usize,
    end: usize,
    line: usize,
}

/// The sections of the documentation that speak of reporting vulnerabilities.
pub fn find_spots(tree: &Tree) -> Vec<Spot> {
    let mut found = Vec::new();
    for (at, file) in
        tree.files().iter().enumerate().filter(|(_, file)| file.is_prose() && file.is_documentation())
    {
        let Some(text) = tree.text(file) else { continue };
        for section in sections(text).iter().filter(|section| speaks_of_reports(&section.heading)) {
            let end = section.start + section.body.len();
            found.push(Spot { file: at, start: section.start, end, line: section.line });
        }
    }
    found
}

fn speaks_of_reports(heading: &str) -> bool {
    let plain = heading.to_lowercase();
    let plain = plain.trim_matches(|letter: char| !letter.is_alphanumeric());
    let whole = [
        "security",
        "security policy",
        "security contact",
        "security issues",
        "sécurité",
        "sicherheit",
        "seguridad",
        "sicurezza",
    ];
    whole.contains(&plain)
        || mentions(
            plain,
            &[
                "vulnerab",
                "responsible disclosure",
                "coordinated disclosure",
                "schwachstelle",
                "sicherheitslück",
                "vulnérab",
            ],
        )
        || (mentions(plain, &["report", "melden", "signaler"])
            && mentions(plain, &["security", "sicherheit", "sécurité"]))
}

/// Every usable contact, those meant for this first. A security.txt that expired by then names none.
pub fn contacts(tree: &Tree, now: Option<Timestamp>) -> Vec<Contact> {
    let mut found = Vec::new();
    for text in security_texts(tree).iter().filter(|text| !text.is_template()) {
        collect(text, &mut found);
    }
    for (path, file) in security_files(tree) {
        let expired = file.expires.is_some_and(|time| now.is_some_and(|now| time <= now));
        if file.defects.is_empty() && !expired {
            found.extend(file.contacts.iter().filter_map(|(line, address)| declared(&path, *line, address)));
        }
    }
    for document in tree.community(&["AUTHORS", "MAINTAINERS", "CODEOWNERS"]) {
        for (at, line) in
            document.text.lines().enumerate().filter(|(_, line)| mentions(line, &["security", "vulnerab"]))
        {
            for mail in emails(line).into_iter().filter(|mail| !is_placeholder(mail)) {
                found.push(Contact {
                    address: mail,
                    kind: ContactKind::Mail,
                    place: document.place(at + 1),
                    meant: true,
                });
            }
        }
    }
    found.sort_by_key(|contact| !contact.meant);
    found
}

fn collect(text: &SecurityText, into: &mut Vec<Contact>) {
    let reports = mentions(text.body, REPORT);
    for (line, paragraph) in paragraphs(&visible(text.body)) {
        for mail in emails(&paragraph).into_iter().filter(|mail| !is_placeholder(mail)) {
            let role =
                mail.split('@').next().is_some_and(|local| ROLES.iter().any(|role| local.contains(role)));
            let meant = role || reports;
            into.push(Contact { address: mail, kind: ContactKind::Mail, place: text.place(line), meant });
        }
        for url in urls(&paragraph).into_iter().filter(|url| !is_placeholder(url)) {
            let kind = if is_private_report(&url) {
                ContactKind::Forge
            } else if !is_public_tracker(&url) && is_form(&url, &paragraph) {
                ContactKind::Form
            } else {
                continue;
            };
            into.push(Contact { address: url, kind, place: text.place(line), meant: true });
        }
    }
}

/// A link to a form: its address says so and the words around it ask for reports.
fn is_form(url: &str, paragraph: &str) -> bool {
    let path = url.to_lowercase();
    if host(url).is_none_or(|host| host.starts_with("docs.")) {
        return false;
    }
    let names = [
        "report",
        "form",
        "vdp",
        "hackerone",
        "bugcrowd",
        "intigriti",
        "yeswehack",
        "vince",
        "responsible-disclosure",
        "security/contact",
    ];
    names.iter().any(|name| path.contains(name)) && mentions(paragraph, REPORT)
}

fn declared(path: &str, line: usize, address: &str) -> Option<Contact> {
    let plain = address.trim_start_matches("mailto:").to_owned();
    let kind = if emails(&plain).is_empty() { ContactKind::Form } else { ContactKind::Mail };
    let usable = !is_placeholder(&plain) && !is_public_tracker(&plain);
    usable.then(|| Contact { address: plain, kind, place: format!("{path}:{line}"), meant: true })
}

/// The security.txt files of the tree, with path. A signature that no key of the repository made is a defect; if
/// there is no key to check it with, it is only known to be there.
pub fn security_files(tree: &Tree) -> Vec<(String, SecurityTxt)> {
    let mut found = Vec::new();
    for file in tree.files().iter().filter(|file| file.name() == "security.txt" && file.size < 64 * 1024) {
        let Some(text) = tree.text(file) else { continue };
        let mut read = security_txt::read(text);
        if read.signed {
            let checks: Vec<bool> =
                key_blocks(tree).iter().filter_map(|(_, data)| verify_cleartext(text, data)).collect();
            if !checks.is_empty() && !checks.contains(&true) {
                read.defects.push("its signature was not made by any key of the repository".to_owned());
            }
        }
        found.push((file.path.clone(), read));
    }
    found
}
