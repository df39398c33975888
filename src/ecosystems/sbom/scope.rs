//! Scope of a component where edges have none.

use crate::model::Scope;
use crate::model::sbom::Component;

/// The scope that a component's own fields give to the edges that lead to it.
pub(super) fn component_scope(component: &Component) -> Option<Scope> {
    let development = component.property("cdx:npm:package:development") == Some("true");
    match (component.property("licgraph:scope"), component.scope.as_deref()) {
        (Some("runtime"), _) => Some(Scope::Runtime),
        (Some("optional"), _) => Some(Scope::Optional),
        (Some("peer"), _) => Some(Scope::Peer),
        (Some("build"), _) => Some(Scope::Build),
        (Some("dev"), _) | (_, Some("excluded")) => Some(Scope::Dev),
        _ if development => Some(Scope::Dev),
        (_, Some("optional")) => Some(Scope::Optional),
        (_, Some("required")) => Some(Scope::Runtime),
        _ => None,
    }
}
