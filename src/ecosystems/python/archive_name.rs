//! Names that can be read off an address or a file name: wheels, source archives, repositories.

use super::requirement::is_name;

/// Name and, where the file name has it, version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ArchiveName {
    /// The name as written.
    pub name: String,
    /// The version.
    pub version: Option<String>,
    /// Extras of an `egg=name[extra]` fragment.
    pub extras: Vec<String>,
    /// Whether the name is stated, not guessed.
    pub certain: bool,
}

/// Reads `#egg=`, a wheel's or a source archive's file name, else the last part of the path.
pub(super) fn of_address(address: &str) -> Option<ArchiveName> {
    if let Some(name) = egg(address) {
        return Some(name);
    }
    let path = address.split(['#', '?']).next().unwrap_or("");
    let path = match path.find("://") {
        // A host alone is no name.
        Some(at) => path[at + 3..].split_once('/').map_or("", |(_, path)| path),
        None => path,
    };
    // Forges serve a branch as `owner/repository/archive/branch.zip`.
    let path = path.split_once("/archive/").map_or(path, |(repository, _)| repository);
    let last = path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or("");
    let last = last.replace("%2B", "+").replace("%2b", "+");
    of_wheel(&last).or_else(|| of_source(&last)).or_else(|| {
        let name = last.split('@').next().unwrap_or("");
        let suffixes = [".git", ".zip", ".tar.gz", ".tgz", ".whl"];
        let name = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name);
        is_name(name).then(|| ArchiveName {
            name: name.to_owned(),
            version: None,
            extras: Vec::new(),
            certain: false,
        })
    })
}

fn egg(address: &str) -> Option<ArchiveName> {
    let fragment = address.split_once('#')?.1;
    let value = fragment.split('&').find_map(|pair| pair.strip_prefix("egg="))?;
    let requirement = super::requirement::Requirement::parse(value).ok()?;
    Some(ArchiveName { version: None, name: requirement.name, extras: requirement.extras, certain: true })
}

/// `{name}-{version}(-{build})?-{python}-{abi}-{platform}.whl` (binary distribution format).
fn of_wheel(file: &str) -> Option<ArchiveName> {
    let parts: Vec<&str> = file.strip_suffix(".whl")?.split('-').collect();
    if !(5..=6).contains(&parts.len()) || !is_name(parts[0]) {
        return None;
    }
    Some(ArchiveName {
        name: parts[0].to_owned(),
        version: Some(parts[1].to_owned()),
        extras: Vec::new(),
        certain: true,
    })
}

fn of_source(file: &str) -> Option<ArchiveName> {
    let stem = [".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip"]
        .into_iter()
        .find_map(|suffix| file.strip_suffix(suffix))?;
    let (name, version) = stem.rsplit_once('-')?;
    let is_version = version.starts_with(|letter: char| letter.is_ascii_digit());
    (is_version && is_name(name)).then(|| ArchiveName {
        name: name.to_owned(),
        version: Some(version.to_owned()),
        extras: Vec::new(),
        certain: true,
    })
}

#[cfg(test)]
mod tests {
    use super::of_address;

    #[test]
    fn names_are_read_off_addresses() {
        let cases = [
            ("git+https://h.example/o/tool.git@v1#egg=Tool[all]&subdirectory=x", "Tool", None, true),
            ("git+https://h.example/o/tool.git@v1", "tool", None, false),
            (
                "https://h.example/torch-2.1.0%2Bcpu-cp311-cp311-linux_x86_64.whl",
                "torch",
                Some("2.1.0+cpu"),
                true,
            ),
            ("./dist/my_pkg-1.0-1-py3-none-any.whl", "my_pkg", Some("1.0"), true),
            ("https://h.example/a/zope-interface-5.0.tar.gz#sha256=00", "zope-interface", Some("5.0"), true),
            ("C:\\wheels\\a-1-py3-none-any.whl", "a", Some("1"), true),
        ];
        for (address, name, version, certain) in cases {
            let read = of_address(address).expect(address);
            assert_eq!((read.name.as_str(), read.version.as_deref(), read.certain), (name, version, certain));
        }
        assert_eq!(of_address("https://h.example/master.zip").map(|read| read.certain), Some(false));
        assert!(of_address("https://h.example/..").is_none());
    }
}
