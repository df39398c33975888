//! Compiles `data/` into the program. A malformed or contradictory record fails the build with file and line.

mod aliases;
mod alternatives;
mod check;
mod generate;
mod groups;
mod records;
mod riders;
mod texts;
#[path = "../src/licenses/detection/tokens.rs"]
#[allow(dead_code)] // the program uses more of it than the build
mod tokens;

use records::Knowledge;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs, process};

fn main() {
    println!("cargo::rerun-if-changed=data");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src/licenses/detection/tokens.rs");
    if let Err(errors) = run() {
        for error in errors {
            eprintln!("error: {error}");
        }
        process::exit(1);
    }
}

fn run() -> Result<(), Vec<String>> {
    let root = directory("CARGO_MANIFEST_DIR")?;
    let data = root.join("data");
    let knowledge = Knowledge::read(&data)?;
    check::check(&knowledge)?;
    let target = directory("OUT_DIR")?;
    write(&target.join("catalogue.rs"), generate::source(&knowledge).as_bytes())?;
    let alternatives = alternatives::read(&data, &knowledge)?;
    write(&target.join("alternatives.rs"), alternatives::source(&alternatives).as_bytes())?;
    write(&target.join("riders.rs"), riders::source(&data)?.as_bytes())?;
    write_aliases(&data, &knowledge, &target)?;
    write_texts(&data, &knowledge, &target)
}

fn write_aliases(data: &Path, knowledge: &Knowledge, target: &Path) -> Result<(), Vec<String>> {
    let ids = knowledge.listed.keys().chain(knowledge.listed_exceptions.keys());
    let known: BTreeSet<_> = ids.map(|id| id.to_ascii_lowercase()).collect();
    write(&target.join("aliases.rs"), aliases::source(data, &known)?.as_bytes())
}

fn write_texts(data: &Path, knowledge: &Knowledge, target: &Path) -> Result<(), Vec<String>> {
    let ids: BTreeMap<_, _> = knowledge
        .listed
        .values()
        .map(|entry| (entry.license_id.clone(), entry.is_deprecated_license_id))
        .collect();
    let exceptions: Vec<_> = knowledge.listed_exceptions.keys().cloned().collect();
    let index = texts::index(data, &ids, &exceptions)?;
    write(&target.join("texts.rs"), index.source.as_bytes())?;
    write(&target.join("texts-words.bin"), &index.words)?;
    write(&target.join("texts-offsets.bin"), &index.offsets)?;
    write(&target.join("texts-postings.bin"), &index.postings)
}

fn directory(variable: &str) -> Result<PathBuf, Vec<String>> {
    env::var_os(variable).map(PathBuf::from).ok_or_else(|| vec![format!("{variable} is not set")])
}

fn write(path: &Path, content: &[u8]) -> Result<(), Vec<String>> {
    fs::write(path, content).map_err(|error| vec![format!("{}: {error}", path.display())])
}
