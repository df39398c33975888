//! The story of an audit, and its report.

mod report;

pub use report::{
    AuditReport, DependencyReport, LicenseReport, OutboundOption, PackageReport, ProjectReport,
    SCHEMA_VERSION, Summary, Tool,
};
