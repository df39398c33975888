//! What only developers ask for, where no tool writes it down: extras, categories and groups by their name.

use super::{fixtures, read_case};
use licgraph::model::{Scope, Scope::*};

fn scopes(case: &str) -> Vec<(String, Vec<Scope>)> {
    let reading = read_case(&fixtures().join(case));
    let mut found: Vec<(String, Vec<Scope>)> = Vec::new();
    for (_, to, edge) in reading.graph.edges() {
        let name = &reading.graph.package(to).name;
        match found.iter_mut().find(|(known, _)| known == name) {
            Some((_, scopes)) => scopes.push(edge.scope),
            None => found.push((name.clone(), vec![edge.scope])),
        }
    }
    found.sort();
    found
}

fn expect(case: &str, expected: &[(&str, Scope)]) {
    let expected: Vec<_> = expected.iter().map(|(name, scope)| ((*name).to_owned(), vec![*scope])).collect();
    assert_eq!(scopes(case), expected, "{case}");
}

#[test]
fn an_extra_for_developers_is_no_part_of_the_program() {
    expect(
        "extras-for-developers",
        &[
            ("corelib", Runtime),
            ("lintkit", Dev),
            ("printkit", Optional),
            ("servekit", Optional),
            ("testkit", Dev),
        ],
    );
}

#[test]
fn a_package_of_a_group_that_is_not_installed_by_default_is_for_developers() {
    expect(
        "pylock-groups",
        &[
            ("corelib", Runtime),
            ("lintcore", Dev),
            ("lintkit", Dev),
            ("printkit", Optional),
            ("shared", Runtime),
        ],
    );
}

#[test]
fn a_category_of_pipenv_may_be_what_is_installed() {
    expect(
        "pipenv-categories",
        &[
            ("corelib", Runtime),
            ("lintkit", Dev),
            ("paperkit", Dev),
            ("servekit", Optional),
            ("wsgikit", Runtime),
        ],
    );
}

#[test]
fn a_group_called_after_the_deployed_program_is_a_part_of_it() {
    expect(
        "groups-pep735",
        &[("basekit", Optional), ("corelib", Runtime), ("lintkit", Dev), ("wsgikit", Optional)],
    );
    expect(
        "groups-poetry",
        &[("corelib", Runtime), ("lintkit", Dev), ("metricskit", Runtime), ("wsgikit", Optional)],
    );
}
