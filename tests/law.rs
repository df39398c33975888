//! Laws that hold for every license, whatever the data says.

use licgraph::compatibility::{
    Explanation, InboundExpression, Joint, Law, OutboundExpression, Part, Situation, solve,
};
use licgraph::licenses::{catalogue, parse};
use licgraph::model::{Distribution, Expression, Linkage, ObligationKind, RemedyKind, Verdict};
use proptest::prelude::*;
use std::sync::OnceLock;

fn law() -> &'static Law {
    static LAW: OnceLock<Law> = OnceLock::new();
    LAW.get_or_init(Law::default)
}

fn verdict(outbound: &str, inbound: &[&str], situation: Situation) -> Verdict {
    joint(outbound, inbound, situation).verdict
}

fn joint(outbound: &str, inbound: &[&str], situation: Situation) -> Joint {
    let project = OutboundExpression::new(law(), &parse(outbound).expect(outbound));
    let members: Vec<InboundExpression> =
        inbound.iter().map(|text| InboundExpression::new(law(), &parse(text).expect(text))).collect();
    let parts: Vec<Part<'_>> = members.iter().map(|inbound| Part { inbound, situation }).collect();
    solve(law(), &project, &parts)
}

fn license() -> impl Strategy<Value = &'static str> {
    let well_known = prop::sample::select(vec![
        "MIT",
        "Apache-2.0",
        "GPL-2.0-only",
        "GPL-2.0-or-later",
        "GPL-3.0-only",
        "LGPL-2.1-only",
        "MPL-2.0",
        "EPL-2.0",
        "AGPL-3.0-only",
        "CDDL-1.0",
        "EUPL-1.2",
        "BSD-4-Clause",
        "JSON",
        "SSPL-1.0",
        "CC-BY-NC-4.0",
        "Apache-2.0 WITH LLVM-exception",
        "GPL-2.0-only WITH Classpath-exception-2.0",
        "NONE",
        "NOASSERTION",
        "LicenseRef-x",
    ]);
    let any = (0..catalogue::licenses().len()).prop_map(|index| catalogue::licenses()[index].id);
    prop_oneof![well_known, any]
}

fn situation() -> impl Strategy<Value = Situation> {
    (prop::sample::select(Linkage::ALL.to_vec()), prop::sample::select(Distribution::ALL.to_vec()))
        .prop_map(|(linkage, distribution)| Situation::new(linkage, distribution))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 600,
        rng_seed: proptest::test_runner::RngSeed::Fixed(29),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_further_choice_never_hurts(p in license(), a in license(), b in license(), s in situation()) {
        let choice = format!("({a}) OR ({b})");
        prop_assert!(verdict(p, &[&choice], s) <= verdict(p, &[a], s));
        prop_assert!(verdict(p, &[&choice], s) <= verdict(p, &[b], s));
    }

    #[test]
    fn a_further_duty_never_helps(p in license(), a in license(), b in license(), s in situation()) {
        let both = format!("({a}) AND ({b})");
        prop_assert!(verdict(p, &[&both], s) >= verdict(p, &[a], s));
        prop_assert!(verdict(p, &[&both], s) >= verdict(p, &[b], s));
    }

    #[test]
    fn a_further_dependency_never_widens_the_outbound(
        p in license(), q in license(), a in license(), b in license(), s in situation(),
    ) {
        let project = format!("({p}) OR ({q})");
        let one = joint(&project, &[a], s);
        let two = joint(&project, &[a, b], s);
        prop_assert!(two.verdict >= one.verdict);
        prop_assert!(two.surviving.iter().all(|arm| one.surviving.contains(arm)));
    }

    #[test]
    fn order_never_matters(p in license(), q in license(), a in license(), b in license(), c in license(), s in situation()) {
        let forth = joint(&format!("({p}) OR ({q})"), &[a, &format!("({b}) OR ({c})")], s);
        let back = joint(&format!("({q}) OR ({p})"), &[&format!("({c}) OR ({b})"), a], s);
        prop_assert_eq!(forth.verdict, back.verdict);
        prop_assert_eq!(forth.surviving.len(), back.surviving.len());
    }

    #[test]
    fn internal_use_is_never_stricter_than_a_binary(p in license(), a in license(), linkage in prop::sample::select(Linkage::ALL.to_vec())) {
        let internal = verdict(p, &[a], Situation::new(linkage, Distribution::Internal));
        let binary = verdict(p, &[a], Situation::new(linkage, Distribution::Binary));
        prop_assert!(internal <= binary, "{a} in {p}: internal {internal}, binary {binary}");
    }

    #[test]
    fn a_looser_joint_is_never_stricter(p in license(), a in license(), distribution in prop::sample::select(Distribution::ALL.to_vec())) {
        let of = |linkage| verdict(p, &[a], Situation::new(linkage, distribution));
        prop_assert!(of(Linkage::Static) <= of(Linkage::Merge), "merge, static");
        prop_assert!(of(Linkage::Process) <= of(Linkage::Static), "static, process");
        prop_assert!(of(Linkage::Dev) <= of(Linkage::Process), "process, dev");
    }
}

#[test]
fn every_license_fits_itself() {
    for record in catalogue::licenses() {
        for linkage in Linkage::ALL {
            for distribution in Distribution::ALL {
                let found = verdict(record.id, &[record.id], Situation::new(linkage, distribution));
                assert_eq!(found, Verdict::Compatible, "{} {linkage} {distribution}", record.id);
            }
        }
    }
}

#[test]
fn every_pair_answers_for_every_linkage_and_distribution() {
    for linkage in Linkage::ALL {
        for distribution in Distribution::ALL {
            let found = licgraph::compatibility::coverage(law(), Situation::new(linkage, distribution));
            let answered: usize = found.verdicts.values().sum();
            assert_eq!(answered, found.cells);
            let based: usize = found.basis.values().sum();
            let unknown = found.verdicts.get(&Verdict::Unknown).copied().unwrap_or(0);
            assert_eq!(based + unknown, found.cells);
            assert!(unknown * 50 < found.cells, "{linkage} {distribution}: {unknown} of {}", found.cells);
        }
    }
}

#[test]
fn nothing_at_all_is_compatible_and_every_record_can_stand_on_either_side() {
    for record in catalogue::licenses() {
        let project = OutboundExpression::new(law(), &parse(record.id).expect(record.id));
        assert_eq!(solve(law(), &project, &[]).verdict, Verdict::Compatible, "{}", record.id);
    }
    assert!(parse("NOASSERTION").is_ok_and(|none| none == Expression::no_assertion()));
}

#[test]
fn deprecated_ids_answer_like_their_current_form() {
    let pairs = [
        ("GPL-2.0", "GPL-2.0-only"),
        ("GPL-2.0+", "GPL-2.0-or-later"),
        ("AGPL-3.0", "AGPL-3.0-only"),
        ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
    ];
    for (old, current) in pairs {
        for project in ["MIT", "GPL-2.0-only", "GPL-3.0-or-later", "Apache-2.0"] {
            let situation = Situation::LINKED_BINARY;
            assert_eq!(
                verdict(project, &[old], situation),
                verdict(project, &[current], situation),
                "{old} in {project}"
            );
            assert_eq!(verdict(old, &[project], situation), verdict(current, &[project], situation));
        }
    }
}

fn chosen(outbound: &str, inbound: &str, situation: Situation) -> String {
    let project = OutboundExpression::new(law(), &parse(outbound).expect(outbound));
    let part = InboundExpression::new(law(), &parse(inbound).expect(inbound));
    licgraph::compatibility::explain(law(), &part, inbound, &project, situation).chosen
}

#[test]
fn of_arms_with_the_same_answer_the_lightest_is_taken() {
    let linked = Situation::new(Linkage::Dynamic, Distribution::Binary);
    for (project, choice, taken) in [
        // A copyleft on files asks less than one on the library, that less than one on the work.
        ("MIT", "LGPL-2.1-only OR MPL-2.0", "MPL-2.0"),
        ("GPL-3.0-only", "GPL-3.0-or-later OR MIT", "MIT"),
        ("GPL-3.0-only", "AGPL-3.0-only OR GPL-3.0-only", "GPL-3.0-only"),
        // Fewer duties; with as many, the order as written.
        ("MIT", "Apache-2.0 OR 0BSD", "0BSD"),
        ("MIT", "MIT OR ISC", "MIT"),
        ("MIT", "ISC OR MIT", "ISC"),
        ("MIT", "(LGPL-2.1-only AND MIT) OR (MIT AND BSD-3-Clause)", "MIT AND BSD-3-Clause"),
        // The answer comes first.
        ("GPL-2.0-only", "Apache-2.0 OR GPL-2.0-only", "GPL-2.0-only"),
    ] {
        assert_eq!(chosen(project, choice, linked), taken, "{choice} in {project}");
    }
}

#[test]
fn a_whole_that_moves_says_where_to() {
    let source = Situation::new(Linkage::Static, Distribution::Source);
    let moved = |inbound: &[&str]| joint("MIT", inbound, source).moved_to.map(|to| law().candidate_id(to));
    assert_eq!(moved(&["GPL-2.0-only", "Apache-2.0 OR GPL-2.0-only"]), Some("GPL-2.0-only"));
    assert_eq!(moved(&["Apache-2.0 OR GPL-2.0-only"]), None);
}

fn explained(outbound: &str, inbound: &str, linkage: Linkage, distribution: Distribution) -> Explanation {
    let project = OutboundExpression::new(law(), &parse(outbound).expect(outbound));
    let part = InboundExpression::new(law(), &parse(inbound).expect(inbound));
    licgraph::compatibility::explain(law(), &part, inbound, &project, Situation::new(linkage, distribution))
}

fn linked(outbound: &str, inbound: &str) -> Explanation {
    explained(outbound, inbound, Linkage::Static, Distribution::Binary)
}

#[test]
fn an_exception_lifts_the_duties_that_it_lifts() {
    let whole = ObligationKind::SourceWork.duty();
    let own = ObligationKind::SourceOwn.duty();
    let relink = ObligationKind::Relink.duty();
    let classpath = linked("Apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0").obligations;
    assert!(classpath.contains(&own) && !classpath.contains(&whole), "{classpath:?}");
    let parser = linked("MIT", "GPL-3.0-or-later WITH Bison-exception-2.2").obligations;
    assert!(!parser.contains(&own) && !parser.contains(&whole), "{parser:?}");
    assert!(linked("MIT", "LGPL-2.1-only").obligations.contains(&relink));
    let ocaml = linked("MIT", "LGPL-2.1-only WITH OCaml-LGPL-linking-exception").obligations;
    assert!(ocaml.contains(&own) && !ocaml.contains(&relink), "{ocaml:?}");
    // Under the GPL everybody has the source of the whole.
    let converted = linked("GPL-3.0-only", "LGPL-2.1-only").obligations;
    assert!(!converted.contains(&relink), "{converted:?}");
    // Without the exception nothing is lifted.
    assert!(linked("GPL-2.0-only", "GPL-2.0-only").obligations.contains(&whole));
}

#[test]
fn version_3_of_the_gnu_licenses_asks_for_installation_information() {
    let install = ObligationKind::InstallInformation.duty();
    for license in ["GPL-3.0-or-later", "AGPL-3.0-only", "LGPL-3.0-only"] {
        assert!(linked("GPL-3.0-only", license).obligations.contains(&install), "{license}");
        let service = explained("GPL-3.0-only", license, Linkage::Static, Distribution::Network);
        assert!(!service.obligations.contains(&install), "{license}");
    }
    assert!(!linked("GPL-2.0-only", "GPL-2.0-only").obligations.contains(&install));
}

#[test]
fn a_reason_names_the_license_that_a_clause_leads_to() {
    let agpl = linked("AGPL-3.0-only", "CC-BY-SA-4.0");
    assert!(agpl.reason.contains("pass the code on under GPL-3.0-only"), "{}", agpl.reason);
    assert!(agpl.authority.contains(&"AGPL-3.0 s.13; GPL-3.0 s.13"), "{:?}", agpl.authority);
    let later = linked("GPL-3.0-or-later", "CC-BY-SA-4.0");
    assert!(later.reason.contains("under GPL-3.0-only."), "{}", later.reason);
    assert!(later.reason.ends_with("your own files may stay under GPL-3.0-or-later."), "{}", later.reason);
    let open = linked("GPL-3.0-or-later", "LGPL-3.0-or-later");
    assert!(!open.reason.contains("your own files"), "{}", open.reason);
}

#[test]
fn use_over_a_network_conveys_what_the_license_says() {
    let service =
        |inbound| explained("LicenseRef-Proprietary", inbound, Linkage::Dynamic, Distribution::Network);
    let osl = service("OSL-3.0");
    assert!(osl.reason.contains("counts use over a network as distribution"), "{}", osl.reason);
    assert_eq!(osl.obligations, [ObligationKind::NetworkSource.duty()]);
    let gpl = service("GPL-3.0-only");
    assert!(gpl.reason.contains("nothing is conveyed") && gpl.obligations.is_empty(), "{gpl:?}");
}

#[test]
fn what_cannot_be_conveyed_together_has_no_steps_and_no_duties() {
    let project = OutboundExpression::new(law(), &parse("MPL-2.0").expect("MPL-2.0"));
    let parts: Vec<(InboundExpression, String)> = ["GPL-2.0-only", "CDDL-1.0"]
        .into_iter()
        .map(|text| (InboundExpression::new(law(), &parse(text).expect(text)), text.to_owned()))
        .collect();
    let linked = Situation::new(Linkage::Static, Distribution::Binary);
    let answer = licgraph::compatibility::explain_together(law(), &parts, &project, linked);
    assert_eq!(answer.verdict, Verdict::Incompatible);
    assert!(answer.conditions.is_empty() && answer.obligations.is_empty(), "{answer:?}");
}

#[test]
fn the_way_out_is_first_the_one_that_needs_no_consent() {
    let steps = |outbound, inbound, kind| {
        let found = linked(outbound, inbound).remedies;
        found.into_iter().filter(|remedy| remedy.kind == kind).map(|remedy| remedy.step).collect::<Vec<_>>()
    };
    assert_eq!(
        steps("LGPL-2.1-only", "Apache-2.0", RemedyKind::Relicense),
        ["Convey the project under GPL-3.0-only, to which today's license lets everybody's code move."]
    );
    assert_eq!(
        steps("GPL-2.0-only", "Apache-2.0", RemedyKind::Relicense),
        [
            "Convey the project under GPL-3.0-only or MIT or Apache-2.0, if everyone who holds copyright in it agrees."
        ]
    );
    assert_eq!(steps("MIT", "NONE", RemedyKind::AskUpstream), ["Ask the authors to state a license."]);
    let merged = explained("MIT", "MPL-2.0", Linkage::Merge, Distribution::Binary).remedies;
    assert!(merged.iter().any(|remedy| remedy.step.starts_with("Keep it in files of its own")), "{merged:?}");
}

#[test]
fn an_authority_says_which_text_it_is_of() {
    for license in catalogue::licenses().iter().filter(|license| !license.deprecated) {
        for project in ["MIT", "GPL-2.0-only", "GPL-3.0-only", "CECILL-2.1", "LicenseRef-Proprietary"] {
            let answer = linked(project, license.id);
            let bare = answer.authority.first().filter(|text| text.starts_with(|c: char| c.is_lowercase()));
            // Some ids are written in lower case themselves.
            assert!(
                bare.is_none_or(|text| text.starts_with(license.id)),
                "{}: {:?}",
                license.id,
                answer.authority
            );
        }
    }
    let classpath = linked("MIT", "GPL-2.0-only WITH Classpath-exception-2.0");
    assert_eq!(classpath.authority.first(), Some(&"Classpath-exception-2.0"));
}
