//! Copyright and license statements in the text of a file.

/// The lines of a file that may hold its header.
const HEADER_LINES: usize = 40;

/// What a header says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// `SPDX-License-Identifier`, verbatim.
    pub license: Option<String>,
    /// Holders of `SPDX-FileCopyrightText`, without year.
    pub holders: Vec<String>,
}

/// Reads the header of a file. A tag counts where nothing but comment signs stands before it.
pub fn header(text: &str) -> Header {
    let mut found = Header::default();
    for line in text.lines().take(HEADER_LINES) {
        let line = line.trim_start_matches('\u{feff}').trim_start_matches(is_comment_sign);
        if let Some(rest) = line.strip_prefix("SPDX-License-Identifier:") {
            let license = end_of_comment(rest);
            if !license.is_empty() {
                found.license.get_or_insert_with(|| license.to_owned());
            }
        } else if let Some(rest) = line.strip_prefix("SPDX-FileCopyrightText:") {
            found.holders.extend(holder(end_of_comment(rest)));
        }
    }
    found
}

fn is_comment_sign(sign: char) -> bool {
    sign.is_whitespace() || "/*#;-<!%\"'.({@".contains(sign)
}

fn end_of_comment(text: &str) -> &str {
    let text = ["*/", "-->", "#}", "%>", "*)", "--}}"]
        .iter()
        .fold(text.trim(), |text, end| text.trim_end_matches(end).trim());
    text.trim_end_matches(['"', '\''])
}

/// The holders that the copyright lines of a license or copyright file name.
pub fn copyright_lines(text: &str) -> Vec<String> {
    if text.contains("Everyone is permitted to copy and distribute verbatim copies") {
        // The line names who wrote the license, not who holds the code.
        return Vec::new();
    }
    text.lines()
        .filter_map(|line| {
            let line = line.trim().trim_start_matches(is_comment_sign);
            let rest =
                line.get(..9).filter(|start| start.eq_ignore_ascii_case("copyright")).map(|_| &line[9..])?;
            let marked = rest.contains("(c)") || rest.contains("(C)") || rest.contains('©');
            let dated = rest.split(|c: char| !c.is_ascii_digit()).any(|part| part.len() == 4);
            (marked || dated).then(|| holder(rest))?
        })
        .collect()
}

/// The holder of a copyright statement, without sign, years and address; none for placeholders and for "the authors",
/// who are named elsewhere.
fn holder(statement: &str) -> Option<String> {
    let text = statement.replace("(c)", " ").replace("(C)", " ");
    let text = text.split(['<', '(']).next().unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().filter(|word| !is_year_or_sign(word)).collect();
    let name = words.join(" ");
    let name = name.split("All rights reserved").next().unwrap_or_default();
    let name = name.trim_matches([',', '.', ';', '-', ' ']);
    let lower = name.to_lowercase();
    let collective = ["authors", "contributors", "developers", "committers", "maintainers"];
    let is_collective = lower.split_whitespace().any(|word| collective.contains(&word));
    let is_placeholder = name.contains(['[', '{']) || lower.starts_with("copyright ") || lower == "holder";
    (!name.is_empty() && !is_collective && !is_placeholder).then(|| name.to_owned())
}

fn is_year_or_sign(word: &str) -> bool {
    let bare = word.trim_matches([',', ';', '.']);
    let years = !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit() || c == '-' || c == '–');
    let sign = ["copyright", "(c)", "©", "spdx-filecopyrighttext:", "by", "present", "&copy;"]
        .contains(&bare.to_lowercase().as_str());
    let open = bare.strip_suffix("-present").is_some_and(|year| year.chars().all(|c| c.is_ascii_digit()));
    years || sign || open
}

/// The names of an AUTHORS or CONTRIBUTORS file: a name with an address, or a list item.
pub fn listed(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| {
            let line = line.trim();
            let item = line.trim_start_matches(['*', '-', '+']).trim();
            let is_item = item.len() < line.len() && !line.starts_with("--");
            let name = item.split(['<', '(', '[']).next().unwrap_or_default().trim().trim_end_matches(',');
            let addressed = item.contains('<') && item.contains('@');
            let words = name.split_whitespace().count();
            ((addressed || is_item) && (1..=5).contains(&words) && !name.starts_with('#'))
                .then(|| name.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Header, copyright_lines, header, listed};

    #[test]
    fn headers_in_any_comment_and_nowhere_else() {
        let text = "#!/bin/sh\n# SPDX-FileCopyrightText: 2020-2023 Ada Example <ada@home.example>\n#\n/* SPDX-License-Identifier: GPL-2.0-or-later */\n";
        let expected =
            Header { license: Some("GPL-2.0-or-later".to_owned()), holders: vec!["Ada Example".to_owned()] };
        assert_eq!(header(text), expected);
        assert_eq!(header("<!-- SPDX-License-Identifier: MIT -->").license.as_deref(), Some("MIT"));
        assert_eq!(header("let tag = \"SPDX-License-Identifier: GPL-3.0-only\";"), Header::default());
    }

    #[test]
    fn copyright_lines_name_holders_not_placeholders() {
        let text = "MIT License\n\nCopyright (c) 2019, 2021 Example, Inc. All rights reserved.\n\
                    Copyright [yyyy] [name of copyright owner]\nCopyright 2015-present The Thing Authors\n\
                    Copyright © Bo Beispiel <bo@home.example>\ncopyright notice and this permission notice\n";
        assert_eq!(copyright_lines(text), vec!["Example, Inc", "Bo Beispiel"]);
    }

    #[test]
    fn the_copyright_line_of_a_license_text_is_not_ours() {
        let text = "Copyright (C) 2007 Somebody Foundation, Inc.\nEveryone is permitted to copy and distribute verbatim copies\n";
        assert!(copyright_lines(text).is_empty());
    }

    #[test]
    fn lists_of_authors() {
        let text = "# Authors\n\nThe following people wrote it, in the order of the alphabet:\n\n* Ada Example\n- Bo Beispiel <bo@home.example>\nCy Sample <cy@home.example>\n";
        assert_eq!(listed(text), vec!["Ada Example", "Bo Beispiel", "Cy Sample"]);
    }
}
