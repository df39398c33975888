//! Facts from the registries that the user's own clients are set up for.

pub mod archive;
pub mod checksum;
pub mod fetch;
pub mod http;
mod neutral;
pub mod site;

pub use neutral::Clients;
