//! Notices are complete or say what is missing.

use crate::support::{expression, graph, options, package, text};
use licgraph::evidence::notices::collect;
use licgraph::evidence::{Offline, learn};
use licgraph::licenses::parse;
use licgraph::model::{Files, Notices};
use licgraph::report::notices;
use std::fs;

fn sample() -> Notices {
    let directory = tempfile::tempdir().unwrap();
    let mit = |holder: &str| text("MIT").replace("<year> <copyright holders>", holder);
    for (name, files) in [
        ("alpha", vec![("LICENSE", mit("2020 Alpha <alpha@host.example>"))]),
        (
            "beta",
            vec![
                ("LICENSE-MIT", mit("2021 Beta & Sons")),
                ("LICENSE-APACHE", text("Apache-2.0").to_owned()),
                ("NOTICE", "Beta\nThis product includes <things>.\n".to_owned()),
            ],
        ),
        ("gamma", vec![]),
    ] {
        fs::create_dir(directory.path().join(name)).unwrap();
        for (file, content) in files {
            fs::write(directory.path().join(name).join(file), content).unwrap();
        }
    }
    let at = |name: &str| Some(Files::Directory(directory.path().join(name)));
    let (graph, nodes) = graph(vec![
        package("alpha", &[expression("MIT")], at("alpha")),
        package("beta", &[expression("MIT OR Apache-2.0")], at("beta")),
        package("gamma", &[expression("ISC")], at("gamma")),
        package("delta", &[expression("LicenseRef-Own")], None),
    ]);
    let learned = learn(&graph, &options(), &Offline::new());
    let taken = ["MIT", "Apache-2.0", "ISC", "LicenseRef-Own"];
    let conveyed: Vec<_> =
        nodes.into_iter().zip(taken).map(|(node, id)| (node, parse(id).unwrap())).collect();
    collect(&graph, &learned, &conveyed, &options(), &Offline::new())
}

#[test]
fn only_the_arm_that_was_taken_is_handed_on() {
    let notices = sample();
    let labels: Vec<_> = notices.packages.iter().map(|one| one.label.as_str()).collect();
    assert_eq!(labels, ["alpha 1.0.0", "beta 1.0.0", "delta 1.0.0", "gamma 1.0.0"]);
    let titles: Vec<_> = notices.texts.iter().map(|one| one.title.as_str()).collect();
    assert_eq!(titles, ["Apache-2.0", "ISC", "MIT", "NOTICE of beta 1.0.0"]);
    assert!(notices.texts[1].from_list && !notices.texts[0].from_list);
    assert_eq!(notices.packages[0].copyrights, ["Copyright (c) 2020 Alpha <alpha@host.example>"]);
    assert_eq!(notices.packages[1].copyrights, ["Copyright (c) 2021 Beta & Sons"]);
}

#[test]
fn what_is_missing_is_said() {
    let missing = sample().missing;
    assert_eq!(missing.len(), 2, "{missing:?}");
    assert!(missing[0].contains("delta") && missing[0].contains("not at hand"));
    assert!(missing[1].contains("no text of LicenseRef-Own"));
}

#[test]
fn every_format_escapes_what_packages_say() {
    let sample = sample();
    let html = notices::html(&sample);
    assert!(html.contains("2020 Alpha &lt;alpha@host.example&gt;") && !html.contains("<alpha@"));
    assert!(html.contains("Beta &amp; Sons") && html.contains("includes &lt;things&gt;"));
    let markdown = notices::markdown(&sample);
    assert!(markdown.contains("\\<alpha@host.example\\>"));
    let text = notices::text(&sample);
    assert!(text.contains("Beta & Sons") && text.contains("These notices are incomplete"));
    assert!(text.contains("the SPDX License List"));
}
