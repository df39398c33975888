//! Third-party notices as text, Markdown and HTML.

use crate::model::{NoticeText, Notices, PackageNotice};
use std::fmt::Write;

const TITLE: &str = "Third-party notices";
const LIST_TEXT: &str = "The package carries no text of its own; this is the text of the SPDX License List.";
const INCOMPLETE: &str = "These notices are incomplete:";

/// Plain text.
pub fn text(notices: &Notices) -> String {
    let mut out = format!("{}\n{}\n\n", TITLE, "=".repeat(TITLE.len()));
    if !notices.missing.is_empty() {
        let _ = writeln!(out, "{INCOMPLETE}");
        notices.missing.iter().for_each(|line| {
            let _ = writeln!(out, "- {line}");
        });
        out.push('\n');
    }
    for package in &notices.packages {
        let _ = writeln!(out, "{}\n  License: {}", package.label, package.license);
        for line in &package.copyrights {
            let _ = writeln!(out, "  {line}");
        }
        let _ = writeln!(out, "  Texts: {}\n", numbers(package));
    }
    for (number, text) in notices.texts.iter().enumerate() {
        let _ = writeln!(out, "{}\n[{}] {}", "-".repeat(72), number + 1, text.title);
        if text.from_list {
            let _ = writeln!(out, "{LIST_TEXT}");
        }
        let _ = writeln!(out, "\n{}\n", text.text);
    }
    out
}

/// Markdown. Texts stand in fences longer than any they hold.
pub fn markdown(notices: &Notices) -> String {
    let mut out = format!("# {TITLE}\n\n");
    if !notices.missing.is_empty() {
        let _ = writeln!(out, "**{INCOMPLETE}**\n");
        notices.missing.iter().for_each(|line| {
            let _ = writeln!(out, "- {}", escape_markdown(line));
        });
        out.push('\n');
    }
    for package in &notices.packages {
        let _ = writeln!(
            out,
            "## {}\n\nLicense: {}\n",
            escape_markdown(&package.label),
            escape_markdown(&package.license)
        );
        for line in &package.copyrights {
            let _ = writeln!(out, "- {}", escape_markdown(line));
        }
        let _ = writeln!(out, "\nTexts: {}\n", numbers(package));
    }
    out.push_str("# Texts\n\n");
    for (number, text) in notices.texts.iter().enumerate() {
        let _ = writeln!(out, "## {}. {}\n", number + 1, escape_markdown(&text.title));
        if text.from_list {
            let _ = writeln!(out, "{LIST_TEXT}\n");
        }
        let fence = fence(&text.text);
        let _ = writeln!(out, "{fence}text\n{}\n{fence}\n", text.text);
    }
    out
}

/// A page of its own: no script, nothing loaded from elsewhere.
pub fn html(notices: &Notices) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{TITLE}</title>\n\
         <style>body{{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}\
         pre{{white-space:pre-wrap}}</style>\n<h1>{TITLE}</h1>\n"
    );
    if !notices.missing.is_empty() {
        let _ = writeln!(out, "<p><strong>{INCOMPLETE}</strong></p>\n<ul>");
        notices.missing.iter().for_each(|line| {
            let _ = writeln!(out, "<li>{}</li>", escape_html(line));
        });
        out.push_str("</ul>\n");
    }
    for package in &notices.packages {
        let _ = writeln!(
            out,
            "<h2>{}</h2>\n<p>License: {}</p>\n<ul>",
            escape_html(&package.label),
            escape_html(&package.license)
        );
        for line in &package.copyrights {
            let _ = writeln!(out, "<li>{}</li>", escape_html(line));
        }
        let links: Vec<_> =
            package.texts.iter().map(|text| format!("<a href=\"#text-{0}\">{0}</a>", text + 1)).collect();
        let _ = writeln!(out, "</ul>\n<p>Texts: {}</p>", links.join(", "));
    }
    for (number, text) in notices.texts.iter().enumerate() {
        html_text(&mut out, number + 1, text);
    }
    out.push_str("</html>\n");
    out
}

fn html_text(out: &mut String, number: usize, text: &NoticeText) {
    let _ = writeln!(out, "<h2 id=\"text-{number}\">{number}. {}</h2>", escape_html(&text.title));
    if text.from_list {
        let _ = writeln!(out, "<p>{LIST_TEXT}</p>");
    }
    let _ = writeln!(out, "<pre>{}</pre>", escape_html(&text.text));
}

fn numbers(package: &PackageNotice) -> String {
    let numbers: Vec<_> = package.texts.iter().map(|text| format!("[{}]", text + 1)).collect();
    if numbers.is_empty() { "none".to_owned() } else { numbers.join(", ") }
}

fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn escape_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\`*_[]<>#|!".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

fn fence(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat(longest.max(2) + 1)
}
