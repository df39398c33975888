//! Whether a project plainly bundles its dependencies into files for the browser.

use super::package_json::Manifest;
use crate::model::{Problem, SourceSpan};
use std::path::Path;

/// A tool that makes bundles.
struct Bundler {
    /// The packages that bring it.
    packages: &'static [&'static str],
    /// The words of a script that call it.
    commands: &'static [&'static str],
    /// The start of its configuration's file name.
    configuration: Option<&'static str>,
}

const BUNDLERS: [Bundler; 6] = [
    Bundler {
        packages: &["webpack", "webpack-cli"],
        commands: &["webpack"],
        configuration: Some("webpack.config."),
    },
    Bundler { packages: &["rollup"], commands: &["rollup"], configuration: Some("rollup.config.") },
    Bundler { packages: &["vite"], commands: &["vite build"], configuration: Some("vite.config.") },
    Bundler { packages: &["esbuild"], commands: &["esbuild"], configuration: None },
    Bundler { packages: &["parcel", "parcel-bundler"], commands: &["parcel build"], configuration: None },
    Bundler { packages: &["react-scripts"], commands: &["react-scripts build"], configuration: None },
];

/// A note of what was seen, if the project bundles: a bundler among its direct dependencies, and a script or a
/// configuration file that uses it.
pub(super) fn seen(manifest: &Manifest, directory: &Path) -> Option<Problem> {
    for bundler in &BUNDLERS {
        let package = manifest.needs.iter().find(|need| bundler.packages.contains(&need.name.as_str()));
        let Some(package) = package else { continue };
        let use_of_it = script(manifest, bundler).or_else(|| configuration(directory, bundler));
        let Some(use_of_it) = use_of_it else { continue };
        return Some(Problem::note(
            Some(SourceSpan::line(manifest.file.as_str(), package.line)),
            format!(
                "this project bundles its dependencies (`{}` is required, {use_of_it}), so they count as linked \
                 statically; set the linkage if that is wrong",
                package.name
            ),
        ));
    }
    None
}

fn script(manifest: &Manifest, bundler: &Bundler) -> Option<String> {
    let calls = |text: &str| bundler.commands.iter().any(|command| calls(text, command));
    let (name, _) = manifest.scripts.iter().find(|(_, text)| calls(text))?;
    Some(format!("the script `{}` calls it", super::license_field::printable(name)))
}

/// Whether a command line has these words at the start of one of its commands.
fn calls(script: &str, command: &str) -> bool {
    script.split(['&', '|', ';']).any(|part| {
        let words: Vec<_> = part
            .split_whitespace()
            .skip_while(|word| word.contains('=') || matches!(*word, "npx" | "cross-env" | "yarn" | "exec"))
            .collect();
        let wanted: Vec<_> = command.split(' ').collect();
        words.starts_with(&wanted)
            && !matches!(words.get(wanted.len()), Some(&("serve" | "watch" | "--watch")))
    })
}

fn configuration(directory: &Path, bundler: &Bundler) -> Option<String> {
    let start = bundler.configuration?;
    let ends = ["js", "cjs", "mjs", "ts", "cts", "mts"];
    let name = ends.iter().map(|end| format!("{start}{end}")).find(|name| directory.join(name).is_file())?;
    Some(format!("`{name}` configures it"))
}

#[cfg(test)]
mod tests {
    use super::calls;

    #[test]
    fn only_a_command_is_a_call() {
        for (script, command, expected) in [
            ("webpack --mode production", "webpack", true),
            ("rimraf dist && NODE_ENV=production npx webpack", "webpack", true),
            ("tsc; vite build", "vite build", true),
            ("vite", "vite build", false),
            ("webpack serve", "webpack", false),
            ("vitest run", "vite build", false),
            ("echo webpack", "webpack", false),
            ("eslint webpack.config.js", "webpack", false),
        ] {
            assert_eq!(calls(script, command), expected, "{script}");
        }
    }
}
