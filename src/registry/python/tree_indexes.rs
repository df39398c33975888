//! Package indexes that the files of an audited tree name.

/// The addresses of `--index-url`, `-i` and `--extra-index-url` lines.
pub(super) fn index_options(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| {
            let line = line.trim();
            let rest = ["--index-url", "--extra-index-url", "-i"]
                .iter()
                .find_map(|option| line.strip_prefix(option))?;
            let value = rest.strip_prefix(['=', ' ', '\t'])?.trim();
            value.split_ascii_whitespace().next()
        })
        .collect()
}

/// Index addresses of uv, Poetry, PDM and Pipenv tables.
pub(super) fn index_tables(table: &toml::Table) -> Vec<String> {
    let tool = |name: &str| table.get("tool")?.as_table()?.get(name)?.as_table();
    let mut found = Vec::new();
    let lists = [
        tool("uv").and_then(|uv| uv.get("index")),
        tool("poetry").and_then(|poetry| poetry.get("source")),
        tool("pdm").and_then(|pdm| pdm.get("source")),
        table.get("index"),
        table.get("source"),
    ];
    for entry in lists.into_iter().flatten().filter_map(toml::Value::as_array).flatten() {
        found.extend(entry.get("url").and_then(toml::Value::as_str).map(str::to_owned));
    }
    for settings in [tool("uv"), Some(table)].into_iter().flatten() {
        found.extend(settings.get("index-url").and_then(toml::Value::as_str).map(str::to_owned));
        let extra = settings.get("extra-index-url").and_then(toml::Value::as_array).into_iter().flatten();
        found.extend(extra.filter_map(toml::Value::as_str).map(str::to_owned));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{index_options, index_tables};

    #[test]
    fn indexes_of_the_tree_are_seen() {
        let text = "-i https://a.example\n--extra-index-url=https://b.example x\n--index-urls nonsense\nrequests==1\n";
        assert_eq!(index_options(text), ["https://a.example", "https://b.example"]);
        let table: toml::Table = "[[tool.poetry.source]]\nname='x'\nurl='https://c.example'\n\
                                  [tool.uv]\nextra-index-url=['https://d.example']\n"
            .parse()
            .unwrap();
        assert_eq!(index_tables(&table), ["https://c.example", "https://d.example"]);
    }
}
