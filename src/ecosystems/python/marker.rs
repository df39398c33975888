//! Environment markers (PEP 508, with PEP 751's `extras` and `dependency_groups`), evaluated to yes, no or
//! unknown: a universal graph knows neither the Python nor the platform.

use super::marker_text;
use super::requirement::normalise;
use crate::ecosystems::PythonTarget;
use pep440_rs::{Version, VersionSpecifiers};
use std::str::FromStr;

/// A parsed marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    /// Two operands compared.
    Compare(Operand, Operator, Operand),
    /// All hold.
    And(Vec<Marker>),
    /// One holds.
    Or(Vec<Marker>),
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    /// A quoted string.
    Literal(String),
    /// A variable such as `sys_platform`.
    Variable(String),
}

/// How two operands are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `in`.
    In,
    /// `not in`.
    NotIn,
    /// `==`, `===`, `!=`, `<`, `<=`, `>`, `>=` or `~=`.
    Version(&'static str),
}

/// What is known where a marker is evaluated.
#[derive(Clone, Debug, Default)]
pub(super) struct Situation<'a> {
    /// `3.12` or `3.12.4`.
    pub python: Option<&'a str>,
    /// A value of `sys_platform`.
    pub platform: Option<&'a str>,
    /// Normalised extras that are asked for.
    pub extras: &'a [String],
    /// The dependency groups that are installed (PEP 751); `None` where that is not known.
    pub groups: Option<&'a [&'a str]>,
}

impl<'a> Situation<'a> {
    /// The target that the user named, or the universal one.
    pub(super) fn of_target(target: &'a PythonTarget) -> Self {
        let platform = target.platform.as_deref().map(|platform| match platform {
            "windows" | "Windows" => "win32",
            "macos" | "Darwin" => "darwin",
            "Linux" => "linux",
            other => other,
        });
        Self { python: target.version.as_deref(), platform, extras: &[], groups: None }
    }

    /// The same with extras.
    pub(super) fn with_extras(&self, extras: &'a [String]) -> Self {
        Self { extras, ..self.clone() }
    }
}

impl Marker {
    /// Parses a marker.
    ///
    /// # Errors
    /// A sentence fragment.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        marker_text::parse(text)
    }

    /// Whether it holds; `None` when that depends on what is not known.
    pub(super) fn holds(&self, situation: &Situation<'_>) -> Option<bool> {
        match self {
            Self::And(members) => combine(members, situation, false),
            Self::Or(members) => combine(members, situation, true),
            Self::Compare(left, operator, right) => compare(left, *operator, right, situation),
        }
    }
}

/// Whether a marker text holds; `None` for what cannot be parsed or is not known.
pub(super) fn holds(text: Option<&str>, situation: &Situation<'_>) -> Option<bool> {
    match text {
        None => Some(true),
        Some(text) => Marker::parse(text).ok()?.holds(situation),
    }
}

/// Both markers together, as text.
pub(super) fn both(left: Option<&str>, right: Option<&str>) -> Option<String> {
    match (left, right) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (Some(left), Some(right)) if left == right => Some(left.to_owned()),
        (Some(left), Some(right)) => Some(format!("{} and {}", wrapped(left), wrapped(right))),
    }
}

fn wrapped(text: &str) -> String {
    if text.contains(" or ") { format!("({text})") } else { text.to_owned() }
}

/// The short-circuit value is `decisive`: `true` for or, `false` for and.
fn combine(members: &[Marker], situation: &Situation<'_>, decisive: bool) -> Option<bool> {
    let mut unknown = false;
    for member in members {
        match member.holds(situation) {
            Some(value) if value == decisive => return Some(decisive),
            Some(_) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(!decisive)
}

fn compare(left: &Operand, operator: Operator, right: &Operand, situation: &Situation<'_>) -> Option<bool> {
    match (left, right) {
        (Operand::Variable(name), Operand::Literal(text)) => variable_holds(name, operator, text, situation),
        (Operand::Literal(text), Operand::Variable(name)) => match operator {
            Operator::In | Operator::NotIn => contained(text, operator, name, situation),
            Operator::Version(symbol) => {
                variable_holds(name, Operator::Version(mirrored(symbol)), text, situation)
            }
        },
        _ => None,
    }
}

fn mirrored(symbol: &'static str) -> &'static str {
    match symbol {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        other => other,
    }
}

fn variable_holds(name: &str, operator: Operator, text: &str, situation: &Situation<'_>) -> Option<bool> {
    match name {
        "extra" => extra_holds(operator, text, situation),
        "python_version" => python_holds(&minor_version(situation.python?)?, operator, text),
        "python_full_version" => full_version_holds(situation.python?, operator, text),
        "sys_platform" | "sys.platform" => text_holds(situation.platform?, operator, text),
        "platform_system" => {
            let system = match situation.platform? {
                "linux" => "Linux",
                "darwin" => "Darwin",
                "win32" => "Windows",
                _ => return None,
            };
            text_holds(system, operator, text)
        }
        "os_name" | "os.name" => {
            let name = if situation.platform? == "win32" { "nt" } else { "posix" };
            text_holds(name, operator, text)
        }
        _ => None,
    }
}

/// `'dev' in extras` depends on what the installer is asked for, and so do groups that are not stated.
fn contained(text: &str, operator: Operator, name: &str, situation: &Situation<'_>) -> Option<bool> {
    let value = match name {
        "sys_platform" | "sys.platform" => situation.platform?.to_owned(),
        "python_version" => minor_version(situation.python?)?,
        "dependency_groups" => {
            let is_in = situation.groups?.iter().any(|group| normalise(group) == normalise(text));
            return Some(is_in == (operator == Operator::In));
        }
        _ => return None,
    };
    Some(value.contains(text) == (operator == Operator::In))
}

/// uv writes conflicting extras and groups as made-up extras (`extra-4-name-cu118`): nobody asks for those.
fn extra_holds(operator: Operator, text: &str, situation: &Situation<'_>) -> Option<bool> {
    if text.starts_with("extra-") || text.starts_with("group-") {
        return None;
    }
    let asked = situation.extras.contains(&normalise(text));
    match operator {
        Operator::Version("==" | "===") => Some(asked),
        Operator::Version("!=") => Some(!asked),
        _ => None,
    }
}

fn text_holds(value: &str, operator: Operator, text: &str) -> Option<bool> {
    match operator {
        Operator::In => Some(text.contains(value)),
        Operator::NotIn => Some(!text.contains(value)),
        Operator::Version("==" | "===") => Some(value == text),
        Operator::Version("!=") => Some(value != text),
        Operator::Version(_) => None,
    }
}

fn minor_version(python: &str) -> Option<String> {
    let version = Version::from_str(python).ok()?;
    let release = version.release();
    Some(format!("{}.{}", release.first()?, release.get(1).copied().unwrap_or(0)))
}

/// With `3.12` alone the patch level is not known: the answer counts only if it is the same for all of them.
fn full_version_holds(python: &str, operator: Operator, text: &str) -> Option<bool> {
    if Version::from_str(python).ok()?.release().len() > 2 {
        return python_holds(python, operator, text);
    }
    let lowest = python_holds(&format!("{python}.0"), operator, text)?;
    let highest = python_holds(&format!("{python}.9999"), operator, text)?;
    let names_a_patch_level = Version::from_str(text.trim_end_matches(".*"))
        .is_ok_and(|version| version.release().len() > 2)
        && matches!(operator, Operator::Version("==" | "!=" | "==="));
    (lowest == highest && !names_a_patch_level).then_some(lowest)
}

fn python_holds(python: &str, operator: Operator, text: &str) -> Option<bool> {
    let version = Version::from_str(python).ok()?;
    match operator {
        Operator::In | Operator::NotIn => {
            let named = text
                .split([' ', ',', '|'])
                .filter_map(|word| Version::from_str(word.trim()).ok())
                .any(|listed| listed == version);
            Some(named == (operator == Operator::In))
        }
        Operator::Version(symbol) => {
            let symbol = if symbol == "===" { "==" } else { symbol };
            let specifiers = VersionSpecifiers::from_str(&format!("{symbol}{}", text.trim())).ok()?;
            Some(specifiers.contains(&version))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Marker, Situation, both, holds};

    fn linux(python: &str) -> Situation<'_> {
        Situation { python: Some(python), platform: Some("linux"), ..Situation::default() }
    }

    #[test]
    fn a_known_target_decides() {
        let cases = [
            ("python_version < '3.11'", Some(false)),
            ("'3.9' < python_version", Some(true)),
            ("python_version >= \"3.8\" and sys_platform == 'win32'", Some(false)),
            ("sys_platform != 'win32' or os_name == 'nt'", Some(true)),
            ("platform_system == 'Linux'", Some(true)),
            ("sys_platform in 'linux darwin'", Some(true)),
            ("'linux' in sys_platform", Some(true)),
            ("python_version not in '2.7, 3.12'", Some(false)),
            ("python_full_version < '3.11.4'", Some(false)),
            ("python_full_version < '3.12.4'", None),
            ("python_full_version == '3.12.*'", Some(true)),
            ("platform_machine == 'x86_64'", None),
            ("platform_machine == 'x86_64' and python_version < '3'", Some(false)),
            ("(os_name == 'nt' or os_name == 'posix') and python_version ~= '3.8'", Some(true)),
            ("extra == 'dev'", Some(false)),
            ("'dev' in dependency_groups", None),
            ("extra == 'extra-4-torch-cu118'", None),
        ];
        for (text, expected) in cases {
            let marker = Marker::parse(text).expect(text);
            assert_eq!(marker.holds(&linux("3.12")), expected, "{text}");
        }
    }

    #[test]
    fn nothing_known_is_unknown_except_extras() {
        let extras = ["socks".to_owned()];
        let universal = Situation::default();
        assert_eq!(holds(Some("sys_platform == 'win32'"), &universal), None);
        assert_eq!(holds(Some("extra == 'Socks'"), &universal.with_extras(&extras)), Some(true));
        assert_eq!(holds(Some("extra == 'socks'"), &universal), Some(false));
        assert_eq!(holds(None, &universal), Some(true));
    }

    #[test]
    fn bad_markers_are_refused() {
        let deep = format!("{}os_name == 'nt'{}", "(".repeat(10_000), ")".repeat(10_000));
        for text in [
            "",
            "os_name",
            "os_name = 'nt'",
            "os_name == 'nt",
            "os_name == 'nt' and",
            "(os_name == 'nt'",
            "a not b",
            "os_name == 'nt' os_name == 'nt'",
            "\u{0}",
            &deep,
        ] {
            assert!(Marker::parse(text).is_err());
        }
    }

    #[test]
    fn markers_join() {
        assert_eq!(
            both(Some("a == 'b' or c == 'd'"), Some("e == 'f'")).as_deref(),
            Some("(a == 'b' or c == 'd') and e == 'f'")
        );
        assert_eq!(both(None, Some("x")).as_deref(), Some("x"));
    }

    /// The published implementation is the oracle for what both can express.
    #[test]
    fn evaluation_agrees_with_the_published_implementation() {
        let environment = pep508_rs::MarkerEnvironment::try_from(pep508_rs::MarkerEnvironmentBuilder {
            implementation_name: "cpython",
            implementation_version: "3.12.4",
            os_name: "posix",
            platform_machine: "x86_64",
            platform_python_implementation: "CPython",
            platform_release: "",
            platform_system: "Linux",
            platform_version: "",
            python_full_version: "3.12.4",
            python_version: "3.12",
            sys_platform: "linux",
        })
        .expect("an environment");
        let versions = ["3", "3.8", "3.12", "3.12.4", "3.12.5", "4"];
        for variable in ["python_version", "python_full_version"] {
            for operator in ["<", "<=", "==", "!=", ">=", ">"] {
                for version in versions {
                    for text in [
                        format!("{variable} {operator} '{version}'"),
                        format!("'{version}' {operator} {variable}"),
                        format!("{variable} {operator} '{version}' or sys_platform == 'win32'"),
                    ] {
                        let theirs: pep508_rs::MarkerTree = text.parse().expect("a marker");
                        let ours = Marker::parse(&text).expect("a marker").holds(&linux("3.12.4"));
                        assert_eq!(ours, Some(theirs.evaluate(&environment, &[])), "{text}");
                    }
                }
            }
        }
    }
}
