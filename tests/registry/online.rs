//! The registries that this machine's own clients are set up for; only with LICGRAPH_ONLINE_TESTS set.

use licgraph::model::{Ecosystem, Origin, Package, UserEnvironment};
use licgraph::registry::http::{HttpFetch, HttpOptions};
use licgraph::registry::{Need, RegistryFacts};

#[test]
#[ignore = "asks registries; run with LICGRAPH_ONLINE_TESTS=1 and --ignored"]
fn one_package_of_each_ecosystem() {
    assert!(std::env::var_os("LICGRAPH_ONLINE_TESTS").is_some(), "set LICGRAPH_ONLINE_TESTS to ask registries");
    let project = tempfile::tempdir().unwrap();
    let fetch = HttpFetch::new(HttpOptions::default()).unwrap();
    let facts = RegistryFacts::new(project.path(), UserEnvironment::of_process(), None, Box::new(fetch));
    let packages = [
        (Ecosystem::Npm, "left-pad", "1.3.0", true),
        (Ecosystem::Python, "six", "1.16.0", true),
        (Ecosystem::Cargo, "itoa", "1.0.11", true),
        (Ecosystem::Go, "github.com/google/uuid", "v1.6.0", false),
    ];
    for (ecosystem, name, version, declares) in packages {
        let package = Package::new(ecosystem, name, Some(version), Origin::Registry(None));
        let found = facts.facts(&package, Need::Texts).unwrap_or_else(|error| panic!("{name}: {error}"));
        let statements: Vec<_> = found.declared.iter().map(|declared| &declared.statement).collect();
        let paths: Vec<_> = found.files.iter().flatten().map(|file| &file.path).collect();
        println!("{name} {version}: {statements:?}, files {paths:?}");
        assert_eq!(!found.declared.is_empty(), declares, "{name}");
        assert!(!paths.is_empty(), "{name}");
    }
    assert!(facts.requests().values().sum::<u64>() <= 12, "few requests");
}
