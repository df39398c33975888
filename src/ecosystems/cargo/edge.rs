//! An entry of a dependency table becomes an edge of the graph.

use super::declaration::{Declaration, Kind};
use crate::model::{Dependency, Linkage, Scope};
use std::collections::BTreeMap;

/// The edge of a declaration, given the features of the package that declares it.
///
/// rustc links crates statically: a `-sys` crate and a library that a build script compiles end in the same
/// binary too. What runs only inside the compiler or a build script is joined as [`Linkage::Build`].
pub(super) fn dependency(
    declaration: &Declaration,
    features: &BTreeMap<String, Vec<String>>,
    proc_macro: bool,
) -> Dependency {
    let (scope, linkage) = match declaration.kind {
        Kind::Dev => (Scope::Dev, Linkage::Dev),
        Kind::Build => (Scope::Build, Linkage::Build),
        Kind::Normal => (
            if declaration.optional { Scope::Optional } else { Scope::Runtime },
            if proc_macro { Linkage::Build } else { Linkage::Static },
        ),
    };
    Dependency {
        condition: condition(declaration, features),
        requirement: declaration.requirement.clone(),
        alias: (declaration.alias != declaration.package).then(|| declaration.alias.clone()),
        ..Dependency::new(scope, linkage)
    }
}

/// The platform verbatim, then the features that turn an optional dependency on.
fn condition(declaration: &Declaration, features: &BTreeMap<String, Vec<String>>) -> Option<String> {
    let switches = declaration.optional.then(|| switches(&declaration.alias, features));
    let switches = switches.filter(|text| !text.is_empty());
    match (&declaration.target, switches) {
        (Some(target), Some(switches)) => Some(format!("{target} and {switches}")),
        (target, switches) => switches.or_else(|| target.clone()),
    }
}

fn switches(alias: &str, features: &BTreeMap<String, Vec<String>>) -> String {
    let turns_on = |value: &String| {
        value.strip_prefix("dep:") == Some(alias)
            || value.split_once('/').is_some_and(|(dependency, _)| dependency == alias)
    };
    let names = features.iter().filter(|(_, values)| values.iter().any(turns_on));
    let names: Vec<String> = names.map(|(name, _)| format!("feature \"{name}\"")).collect();
    match names.len() {
        0 | 1 => names.concat(),
        _ => format!("({})", names.join(" or ")),
    }
}
