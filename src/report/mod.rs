//! An [`AuditReport`](crate::audit::AuditReport) as bytes: one file or folder a format.

pub mod sbom;
