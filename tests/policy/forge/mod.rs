//! What a forge does with the recipes, as far as it can be done without one.

pub mod action;
pub mod expression;
pub mod log;
