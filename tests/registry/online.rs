//! The registries that this machine's own clients are set up for; only with LICGRAPH_ONLINE_TESTS set.

use licgraph::model::{Checksum, ChecksumAlgorithm, Ecosystem, Origin, Package, UserEnvironment};
use licgraph::registry::http::{HttpFetch, HttpOptions};
use licgraph::registry::{Need, RegistryFacts};

const ITOA: &str = "49f1f14873335454500d59611f1cf4a4b0f786f9ac11f4312a78e4cf2566695b";
const UUID: &str = "NIvaJDMOsjHA8n1jAhLSgzrAzy1Hgr+hNrb57e+94F0=";

#[test]
#[ignore = "asks registries; run with LICGRAPH_ONLINE_TESTS=1 and --ignored"]
fn one_package_of_each_ecosystem() {
    assert!(
        std::env::var_os("LICGRAPH_ONLINE_TESTS").is_some(),
        "set LICGRAPH_ONLINE_TESTS to ask registries"
    );
    let project = tempfile::tempdir().unwrap();
    let fetch = HttpFetch::new(HttpOptions::default()).unwrap();
    let facts = RegistryFacts::new(project.path(), UserEnvironment::of_process(), None, Box::new(fetch));
    let packages = [
        // With a checksum, where one is at hand, as lock files write it.
        (Ecosystem::Npm, "left-pad", "1.3.0", true, None),
        (Ecosystem::Python, "six", "1.16.0", true, None),
        (Ecosystem::Cargo, "itoa", "1.0.11", true, Some((ChecksumAlgorithm::Sha256, ITOA))),
        (Ecosystem::Go, "github.com/google/uuid", "v1.6.0", false, Some((ChecksumAlgorithm::GoH1, UUID))),
    ];
    for (ecosystem, name, version, declares, checksum) in packages {
        let origin = match ecosystem {
            // As a lock file writes it.
            Ecosystem::Cargo => Origin::Registry(Some(cargo_lock::package::SourceId::default().to_string())),
            _ => Origin::Registry(None),
        };
        let mut package = Package::new(ecosystem, name, Some(version), origin);
        package.checksums = checksum
            .into_iter()
            .map(|(algorithm, value)| Checksum { algorithm, value: value.to_owned() })
            .collect();
        let found = facts.facts(&package, Need::Texts).unwrap_or_else(|error| panic!("{name}: {error}"));
        let statements: Vec<_> = found.declared.iter().map(|declared| &declared.statement).collect();
        let paths: Vec<_> = found.files.iter().flatten().map(|file| &file.path).collect();
        println!("{name} {version}: {statements:?}, files {paths:?}");
        assert_eq!(!found.declared.is_empty(), declares, "{name}");
        assert!(!paths.is_empty(), "{name}");
        assert_eq!(found.verified, checksum.is_some(), "{name}");
    }
    assert!(facts.requests().values().sum::<u64>() <= 12, "few requests");
}
