//! Compiles `data/` into the program. A malformed or contradictory record fails the build with file and line.

mod alternatives;
mod check;
mod generate;
mod groups;
mod records;

use records::Knowledge;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

fn main() {
    println!("cargo::rerun-if-changed=data");
    println!("cargo::rerun-if-changed=build");
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
    let alternatives = alternatives::read(&data, &knowledge)?;
    let target = directory("OUT_DIR")?;
    write(&target.join("catalogue.rs"), &generate::source(&knowledge))?;
    write(&target.join("alternatives.rs"), &alternatives::source(&alternatives))
}

fn directory(variable: &str) -> Result<PathBuf, Vec<String>> {
    env::var_os(variable).map(PathBuf::from).ok_or_else(|| vec![format!("{variable} is not set")])
}

fn write(path: &Path, text: &str) -> Result<(), Vec<String>> {
    fs::write(path, text).map_err(|error| vec![format!("{}: {error}", path.display())])
}
