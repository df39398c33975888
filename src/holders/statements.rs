//! Copyright and license statements in the text of a file.

use crate::licenses::reuse::is_comment_sign;

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
pub fn holder(statement: &str) -> Option<String> {
    let text = statement.replace("(c)", " ").replace("(C)", " ");
    let text = text.split(['<', '(']).next().unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().filter(|word| !is_year_or_sign(word)).collect();
    let name = words.join(" ");
    let name = name.split("All rights reserved").next().unwrap_or_default();
    let name = name.trim_matches([',', '.', ';', '-', ' ']);
    let lower = name.to_lowercase();
    let is_placeholder = name.contains(['[', '{']) || lower.starts_with("copyright ") || lower == "holder";
    (!name.is_empty() && !is_collective(name) && !is_placeholder).then(|| name.to_owned())
}

/// Whether a name stands for people who are named elsewhere, or nowhere.
pub fn is_collective(name: &str) -> bool {
    const WORDS: [&str; 6] = ["authors", "contributors", "developers", "committers", "maintainers", "team"];
    name.to_lowercase().split_whitespace().any(|word| WORDS.contains(&word))
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
    use super::{copyright_lines, listed};

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
