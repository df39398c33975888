//! How the files of a package get to this machine, where its license is not known because they are not there.

use crate::model::{ConclusionSource, Ecosystem, LicenseFact, Origin, Package, Remedy, RemedyKind};

/// Whether registries were asked what was missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registries {
    /// Every question was put.
    Asked,
    /// Questions were left out of this run.
    LeftOut,
}

/// The step that brings a package's files, if that is what its unknown license wants. `source` is what the graph was
/// read from.
pub fn remedy(
    package: &Package,
    fact: &LicenseFact,
    source: Option<&str>,
    registries: Registries,
) -> Option<Remedy> {
    let missing = fact.concluded.source == ConclusionSource::Unknown
        && package.files.is_none()
        && fact.detected.is_empty()
        && matches!(package.origin, Origin::Registry(_) | Origin::Archive(_) | Origin::Git(_));
    if !missing {
        return None;
    }
    let file = source.or(package.location.as_ref().map(|place| place.file.as_str())).unwrap_or_default();
    let command = command(package.ecosystem, file)?;
    let registry = match registries {
        Registries::Asked => "",
        Registries::LeftOut => ", or run without --offline so that its registry is asked",
    };
    Some(Remedy {
        kind: RemedyKind::Fetch,
        step: format!("Get its files onto this machine with `{command}`{registry}."),
    })
}

/// What the client whose file the graph was read from is told.
fn command(ecosystem: Ecosystem, file: &str) -> Option<String> {
    let name = file.rsplit('/').next().unwrap_or_default();
    let command = match (ecosystem, name) {
        (Ecosystem::Cargo, _) => "cargo fetch",
        (Ecosystem::Go, _) => "go mod download all",
        (Ecosystem::Npm, "yarn.lock") => "yarn install",
        (Ecosystem::Npm, "pnpm-lock.yaml") => "pnpm install",
        (Ecosystem::Npm, "bun.lock") => "bun install",
        (Ecosystem::Npm, "package-lock.json" | "npm-shrinkwrap.json") => "npm ci",
        (Ecosystem::Npm, _) => "npm install",
        (Ecosystem::Python, "uv.lock") => "uv sync",
        (Ecosystem::Python, "poetry.lock") => "poetry install",
        (Ecosystem::Python, "pdm.lock") => "pdm install",
        (Ecosystem::Python, "Pipfile" | "Pipfile.lock") => "pipenv sync",
        (Ecosystem::Python, _) if name.ends_with(".txt") || name.ends_with(".in") => {
            return Some(format!("pip install -r {file}"));
        }
        (Ecosystem::Python, _) => "pip install .",
        (Ecosystem::Other, _) => return None,
    };
    Some(command.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Registries, remedy};
    use crate::model::{
        Conclusion, ConclusionSource, Ecosystem, Expression, LicenseFact, Origin, Package, SourceSpan,
    };

    fn unknown() -> LicenseFact {
        LicenseFact {
            declared: Vec::new(),
            normalised: None,
            detected: Vec::new(),
            concluded: Conclusion {
                expression: Expression::no_assertion(),
                source: ConclusionSource::Unknown,
                reason: String::new(),
            },
            disagreement: None,
            notes: Vec::new(),
        }
    }

    fn step(ecosystem: Ecosystem, file: &str, registries: Registries) -> Option<String> {
        let mut package = Package::new(ecosystem, "a", Some("1.0.0"), Origin::Registry(None));
        package.location = Some(SourceSpan::line("pyproject.toml", 1));
        remedy(&package, &unknown(), Some(file), registries).map(|remedy| remedy.step)
    }

    #[test]
    fn every_client_is_told_its_own_command() {
        for (ecosystem, file, command) in [
            (Ecosystem::Cargo, "Cargo.lock", "cargo fetch"),
            (Ecosystem::Go, "go.mod", "go mod download all"),
            (Ecosystem::Npm, "web/package-lock.json", "npm ci"),
            (Ecosystem::Npm, "yarn.lock", "yarn install"),
            (Ecosystem::Npm, "pnpm-lock.yaml", "pnpm install"),
            (Ecosystem::Npm, "bun.lock", "bun install"),
            (Ecosystem::Npm, "package.json", "npm install"),
            (Ecosystem::Python, "uv.lock", "uv sync"),
            (Ecosystem::Python, "poetry.lock", "poetry install"),
            (Ecosystem::Python, "pdm.lock", "pdm install"),
            (Ecosystem::Python, "Pipfile.lock", "pipenv sync"),
            (Ecosystem::Python, "api/requirements-dev.txt", "pip install -r api/requirements-dev.txt"),
            (Ecosystem::Python, "pyproject.toml", "pip install ."),
        ] {
            let expected = format!("Get its files onto this machine with `{command}`.");
            assert_eq!(step(ecosystem, file, Registries::Asked), Some(expected));
        }
        assert_eq!(
            step(Ecosystem::Cargo, "Cargo.lock", Registries::LeftOut).unwrap(),
            "Get its files onto this machine with `cargo fetch`, or run without --offline so that its registry is asked."
        );
        assert_eq!(step(Ecosystem::Other, "bom.json", Registries::Asked), None);
    }

    #[test]
    fn files_that_are_here_or_can_not_be_had_need_no_step() {
        let mut package = Package::new(Ecosystem::Npm, "a", Some("1.0.0"), Origin::Path("a".to_owned()));
        assert_eq!(remedy(&package, &unknown(), None, Registries::Asked), None);
        package.origin = Origin::Registry(None);
        assert!(remedy(&package, &unknown(), None, Registries::Asked).is_some());
        package.files = Some(crate::model::Files::Directory("node_modules/a".into()));
        assert_eq!(remedy(&package, &unknown(), None, Registries::Asked), None);
    }
}
