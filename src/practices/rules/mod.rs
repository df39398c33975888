//! Every rule, one a file, in the order of reports.

use super::rule::Rule;

mod api_1;
mod com_1;
mod com_2;
mod int_1;
mod int_2;
mod int_3;
mod lic_1;
mod lic_2;
mod lic_3;
mod prv_1;
mod prv_2;
mod rel_1;
mod rel_2;
mod scm_1;
mod scm_2;
mod scm_3;
mod sec_1;
mod sec_2;
mod sec_3;
mod sec_4;
mod sec_5;
mod sec_6;
mod sec_7;

/// The rules. A new one is a file here and a line in this list.
pub const RULES: &[&Rule] = &[
    &scm_1::RULE,
    &scm_2::RULE,
    &scm_3::RULE,
    &sec_1::RULE,
    &sec_2::RULE,
    &sec_3::RULE,
    &sec_4::RULE,
    &sec_5::RULE,
    &sec_6::RULE,
    &sec_7::RULE,
    &lic_1::RULE,
    &lic_2::RULE,
    &lic_3::RULE,
    &prv_1::RULE,
    &prv_2::RULE,
    &com_1::RULE,
    &com_2::RULE,
    &api_1::RULE,
    &int_1::RULE,
    &int_2::RULE,
    &int_3::RULE,
    &rel_1::RULE,
    &rel_2::RULE,
];
