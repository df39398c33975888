//! Texts that comparisons are known to get wrong.

use crate::support::text;
use licgraph::licenses::detection::{Depth, Detection, detect};
use licgraph::model::DetectedKind;

fn short(found: &[Detection]) -> Vec<(DetectedKind, String)> {
    let names =
        |one: &Detection| one.candidates.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
    found.iter().map(|one| (one.kind, names(one))).collect()
}

fn read(text: &str) -> Vec<(DetectedKind, String)> {
    short(&detect(text, Depth::LicenseFile))
}

fn one(kind: DetectedKind, name: &str) -> Vec<(DetectedKind, String)> {
    vec![(kind, name.to_owned())]
}

use DetectedKind::{Header, Rider, Text, Unknown};

#[test]
fn apache_without_its_appendix_is_not_pixar() {
    let (terms, _) = text("Apache-2.0").split_once("APPENDIX").unwrap();
    assert_eq!(read(terms), one(Text, "Apache-2.0"));
    let with_holder = format!(
        "{terms}\n   Copyright 2023 The Example Authors\n\n   Licensed under the Apache License, \
        Version 2.0 (the \"License\"); you may not use this file except in compliance with the License.\n"
    );
    assert_eq!(read(&with_holder)[0], (Text, "Apache-2.0".to_owned()));
}

#[test]
fn json_is_not_mit() {
    assert_eq!(read(text("JSON")), one(Text, "JSON"));
    let added = text("MIT").replace(
        "THE SOFTWARE IS PROVIDED",
        "The Software shall be used for Good, not Evil.\n\nTHE SOFTWARE IS PROVIDED",
    );
    assert!(
        read(&added).iter().any(|(kind, name)| *kind == Text && name == "JSON" || *kind == Rider),
        "{:?}",
        read(&added)
    );
}

/// Licensors put their parameters in, and leave the covenants out.
#[test]
fn the_business_source_license_is_seen_as_licensors_use_it() {
    let (terms, _) = text("BUSL-1.1").split_once("MariaDB hereby grants you").unwrap();
    let (head, terms) = terms.split_once("Terms\n").unwrap();
    let parameters = "Parameters\n\nLicensor: Example Authors\nLicensed Work: Ledger 2.0. The Licensed Work is (c) \
        2026 Example Authors\nAdditional Use Grant: You may use the Licensed Work in production if you do not offer \
        it to third parties on a hosted basis that competes with ours.\nChange Date: four years from the date it is \
        published\nChange License: MPL-2.0\n\nTerms\n";
    let found = read(&format!("{head}{parameters}{terms}\nFor more information, write to the Licensor.\n"));
    assert!(found.contains(&(Text, "BUSL-1.1".to_owned())), "{found:?}");
    assert!(
        !found.iter().any(|(_, name)| name.contains("MPL")),
        "the change license is not today's: {found:?}"
    );
}

#[test]
fn gnu_texts_leave_the_grant_open() {
    assert_eq!(read(text("GPL-2.0-or-later")), one(Text, "GPL-2.0-only | GPL-2.0-or-later"));
    assert_eq!(read(text("LGPL-2.1-only")), one(Text, "LGPL-2.1-only | LGPL-2.1-or-later"));
    let (lesser, _) = text("LGPL-3.0-only").split_once("\nGNU GENERAL PUBLIC LICENSE\n").unwrap();
    assert_eq!(read(lesser), one(Text, "LGPL-3.0-only | LGPL-3.0-or-later"));
}

#[test]
fn a_notice_before_the_text_says_the_grant() {
    let notice = "Example is free software; you can redistribute it and/or modify it under the terms of the GNU General \
        Public License as published by the Free Software Foundation; either version 2 of the License, or (at your \
        option) any later version.\n\n";
    assert_eq!(read(&format!("{notice}{}", text("GPL-2.0-only"))), one(Text, "GPL-2.0-or-later"));
    assert_eq!(read(notice), one(Header, "GPL-2.0-or-later"));
    assert_eq!(
        read("Licensed under the GNU Lesser General Public License, version 2.1 only."),
        one(Header, "LGPL-2.1-only")
    );
    assert_eq!(
        read("This is distributed under version 3 of the GNU Affero General Public License."),
        one(Header, "AGPL-3.0-only | AGPL-3.0-or-later")
    );
}

#[test]
fn riders_are_seen() {
    for (rider, license) in [
        ("Commons Clause License Condition v1.0", "LicenseRef-Commons-Clause"),
        ("This software may only be used for non-commercial purposes.", "LicenseRef-non-commercial-rider"),
        ("NonCommercial use only; contact us for other uses.", "LicenseRef-non-commercial-rider"),
        ("You agree to the use-based restrictions of Attachment A.", "LicenseRef-use-restriction-rider"),
    ] {
        for whole in
            [format!("{rider}\n\n{}", text("Apache-2.0")), format!("{}\n\n{rider}\n", text("Apache-2.0"))]
        {
            let found = read(&whole);
            assert!(found.contains(&(Text, "Apache-2.0".to_owned())), "{rider}: {found:?}");
            assert!(found.contains(&(Rider, license.to_owned())), "{rider}: {found:?}");
        }
    }
    assert_eq!(read(text("CC-BY-NC-4.0")), one(Text, "CC-BY-NC-4.0"), "its own words are no rider");
}

#[test]
fn a_clause_about_names_is_no_rider() {
    let clause = "The name of the authors shall not be used for advertising or product endorsement purposes.";
    assert!(read(&format!("{}\n\n{clause}\n", text("MIT"))).iter().all(|(kind, _)| *kind != Rider));
}

#[test]
fn a_restriction_inside_the_text_is_seen() {
    let changed =
        text("MIT").replace("without restriction, including", "for non-commercial purposes only, including");
    assert!(read(&changed).iter().any(|(kind, _)| *kind == Rider), "{:?}", read(&changed));
}

#[test]
fn exceptions_join_their_license() {
    let exception = |id: &str| spdx::exception_id(id).unwrap().text();
    let llvm = format!("{}\n\n{}", text("Apache-2.0"), exception("LLVM-exception"));
    assert_eq!(read(&llvm), one(Text, "Apache-2.0 WITH LLVM-exception"));
    let classpath = format!("{}\n\n{}", text("GPL-2.0-only"), exception("Classpath-exception-2.0"));
    assert_eq!(
        read(&classpath),
        one(
            Text,
            "GPL-2.0-only WITH Classpath-exception-2.0 | GPL-2.0-or-later WITH Classpath-exception-2.0"
        )
    );
}

/// Which license an exception is written for is what its record says, not only the GNU licenses.
#[test]
fn exceptions_join_licenses_outside_the_gnu_line() {
    for (license, exception) in
        [("Apache-2.0", "mxml-exception"), ("CPL-1.0", "LZMA-exception"), ("MIT", "fmt-exception")]
    {
        let both = format!("{}\n\n{}", text(license), spdx::exception_id(exception).unwrap().text());
        assert_eq!(read(&both), one(Text, &format!("{license} WITH {exception}")));
    }
    let stray = format!("{}\n\n{}", text("MIT"), spdx::exception_id("LLVM-exception").unwrap().text());
    assert_eq!(read(&stray)[0], (Text, "MIT".to_owned()));
}

#[test]
fn several_licenses_in_one_file() {
    let whole = format!(
        "{}\n\n-----\n\nThe parser:\n\n{}\n\n-----\n\n{}",
        text("BSD-3-Clause"),
        text("MIT"),
        text("Zlib")
    );
    let names: Vec<_> =
        read(&whole).into_iter().filter(|(kind, _)| *kind == Text).map(|(_, name)| name).collect();
    assert_eq!(names, ["BSD-3-Clause", "MIT", "Zlib"]);
    let found = detect(&whole, Depth::LicenseFile);
    assert!(found.windows(2).all(|pair| pair[0].place.last_line < pair[1].place.first_line));
}

#[test]
fn short_notices() {
    for (notice, name) in [
        ("Dual licensed under the MIT license or the Unlicense.", "MIT OR Unlicense"),
        (
            "This project may be used under either the Apache License, Version 2.0 or the MIT license. It is licensed under MIT OR Apache-2.0.",
            "MIT OR Apache-2.0",
        ),
        (
            "Licensed under the Apache License, Version 2.0 <LICENSE-APACHE or\nhttp://example.org> or the MIT license\n<LICENSE-MIT>, at your option.",
            "Apache-2.0 OR MIT",
        ),
        ("Released under the ISC license", "ISC"),
    ] {
        let found = read(notice);
        assert!(found.iter().any(|(kind, found)| *kind == Header && found == name), "{notice}: {found:?}");
    }
    assert!(read("All rights reserved.").is_empty());
    assert_eq!(read("This file talks about the MIT license in general."), one(Unknown, ""));
    let notice = text("Apache-2.0").split_once("owner]").unwrap().1;
    assert_eq!(read(notice), one(Header, "Apache-2.0"));
}

#[test]
fn html_is_read_without_tags() {
    let paragraphs: String = text("MIT")
        .split("\n\n")
        .map(|one| format!("<p class=\"x\">{}</p>\n", one.replace('"', "&quot;")))
        .collect();
    let html = format!(
        "<!DOCTYPE html>\n<html><head><style>p {{}}</style></head><body>\n{paragraphs}</body></html>"
    );
    assert_eq!(read(&html), one(Text, "MIT"));
}

#[test]
fn a_truncated_text_is_unknown() {
    for id in ["GPL-2.0-only", "Apache-2.0", "MIT"] {
        let whole = text(id);
        let mut half = whole.len() / 2;
        while !whole.is_char_boundary(half) {
            half += 1;
        }
        let found = detect(&whole[..half], Depth::LicenseFile);
        assert!(found.iter().all(|one| one.kind == Unknown), "{id}: {:?}", short(&found));
        assert!(found[0].note.as_ref().is_some_and(|note| note.contains("closest")), "{id}");
    }
}

#[test]
fn holders_and_wrapping_do_not_matter() {
    let filled = text("BSD-3-Clause")
        .replace("the copyright holder nor", "The Example Foundation, Inc. nor")
        .replace("COPYRIGHT HOLDERS AND CONTRIBUTORS", "EXAMPLE FOUNDATION AND ITS CONTRIBUTORS");
    assert_eq!(read(&filled), one(Text, "BSD-3-Clause"));
}

#[test]
fn a_choice_written_with_files_and_addresses_in_brackets_is_a_choice() {
    for notice in [
        "This project is licensed under either of\n\n * Apache License, Version 2.0, ([LICENSE-APACHE](LICENSE-APACHE) \
         or\n   http://license.example/LICENSE-2.0)\n * MIT license ([LICENSE-MIT](LICENSE-MIT) or\n   \
         http://license.example/MIT)\n\nat your option.\n",
        "Copyright 2020 Example\n\nLicensed under the Apache License, Version 2.0 <LICENSE-APACHE or\n\
         http://license.example/LICENSE-2.0> or the MIT license\n<LICENSE-MIT or http://license.example/MIT>, at your\n\
         option.\n",
        "Example is dual licensed under the Apache 2.0 license as well as the MIT\nlicense. See the LICENCE-MIT and the \
         LICENCE-APACHE files for the licenses.\n",
    ] {
        assert_eq!(read(notice), one(Header, "Apache-2.0 OR MIT"), "{notice}");
    }
    let three = "Example is distributed under the following three licenses:\n\n- Apache License version 2.0.\n\
                 - MIT license.\n- ISC license.\n\nThese are included as LICENSE-APACHE, LICENSE-MIT and LICENSE-ISC\n\
                 respectively.  You may use this software under the terms of any\nof these licenses, at your option.\n";
    assert_eq!(read(three), one(Header, "Apache-2.0 OR MIT OR ISC"));
}

#[test]
fn names_one_after_the_other_are_no_choice() {
    let notice = "The program is licensed under the MIT license.\n\nThe manual is something else.\n";
    assert_eq!(read(notice), one(Header, "MIT"));
    let both = "Example is licensed under the MIT license (see LICENSE-MIT) and the ISC license (see LICENSE-ISC).\n";
    assert_eq!(read(both), one(Header, "MIT AND ISC"));
}

#[test]
fn an_unclosed_bracket_ends_the_name() {
    let notice = "Licensed under the MIT license (see the file for it, or ISC\n";
    assert_eq!(read(notice), one(Header, "MIT"));
}

#[test]
fn a_file_of_one_expression_says_it() {
    assert_eq!(read("MIT OR Apache-2.0"), one(Header, "MIT OR Apache-2.0"));
    assert_eq!(read("MIT OR Unheard-Of"), []);
    assert_eq!(short(&detect("MIT OR Apache-2.0", Depth::Mention)), []);
}

#[test]
fn terms_of_third_party_parts_and_of_cited_articles_are_no_riders() {
    let parts = format!(
        "{}\n\n---\n\nThird-Party Software Licenses\n\nThis section contains third-party software notices and/or \
         additional\nterms for licensed third-party software components included within the\nlibraries.\n",
        text("MIT")
    );
    assert_eq!(read(&parts), one(Text, "MIT"));
    let cited = format!(
        "{}\n\nThe best introduction is at the address below. Note: the article is copyright of its publisher,\n\
         and it may not be used for commercial purposes.\n",
        text("MIT")
    );
    assert_eq!(read(&cited), one(Text, "MIT"));
    let rider = format!(
        "{}\n\nAdditional terms: the software may not be used for commercial purposes.\n",
        text("MIT")
    );
    assert_eq!(read(&rider).iter().filter(|(kind, _)| *kind == Rider).count(), 2);
}

#[test]
fn an_exception_belongs_to_the_notice_above_it() {
    let exception = "As a special exception to the GNU General Public License, if you\ndistribute this file as part of a \
        program that contains a\nconfiguration script generated by Autoconf, you may include it under\nthe same \
        distribution terms that you use for the rest of that\nprogram.\n";
    let notice = "This program is free software; you can redistribute it and/or modify\nit under the terms of the GNU \
        General Public License as published by\nthe Free Software Foundation; either version 2 of the License, or\n(at \
        your option) any later version.\n\n";
    let both = format!("{}\n\n---\n\nFile: aclocal.m4\n\n{notice}{exception}", text("MIT"));
    let found = read(&both);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[1].0 == Header && found[1].1.starts_with("GPL-2.0-or-later WITH Autoconf-exception"),
        "{found:?}"
    );
}

#[test]
fn a_notice_that_resembles_another_text_in_part_is_a_notice() {
    let notice = "Example is free software; you can redistribute it and/or modify it\nunder the terms of the GNU Library \
        General Public License as published\nby the Free Software Foundation; either version 2 of the License, or\n(at \
        your option) any later version.\n\nExample is distributed in the hope that it will be useful,\nbut WITHOUT ANY \
        WARRANTY; without even the implied warranty of\nMERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See \
        the\nGNU General Public License for more details.\n\nYou should have received a copy of the GNU General Public \
        License along\nwith this program; if not, write to the Free Software Foundation, Inc.,\n51 Franklin Street, \
        Fifth Floor, Boston, MA 02110-1301 USA.\n\n\n---\n\n";
    let whole = format!("{notice}{}", text("LGPL-2.0-only"));
    assert_eq!(read(&whole), one(Text, "LGPL-2.0-or-later"));
}
