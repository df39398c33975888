//! Between SBOM formats.

