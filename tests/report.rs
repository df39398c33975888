//! Every format from one rich report, and from one of 2,000 packages.

#[path = "report/build.rs"]
mod build;
#[path = "report/formats.rs"]
mod formats;
#[path = "report/graphs.rs"]
mod graphs;
#[path = "report/hostile.rs"]
mod hostile;
#[path = "report/large.rs"]
mod large;
#[path = "report/rich.rs"]
mod rich;
#[path = "report/rich_rest.rs"]
mod rich_rest;
#[path = "report/size.rs"]
mod size;
