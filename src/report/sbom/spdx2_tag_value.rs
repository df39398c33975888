//! SPDX 2.3 as tag-value.

use super::spdx2_model::{Annotation, ExtractedLicense, Package, SpdxDocument};
use super::text::one_line;

/// Writes a document.
pub(super) fn write(document: &SpdxDocument) -> String {
    let mut out = Lines(String::new());
    out.tag("SPDXVersion", document.spdx_version);
    out.tag("DataLicense", document.data_license);
    out.tag("SPDXID", document.id);
    out.tag("DocumentName", &document.name);
    out.tag("DocumentNamespace", &document.document_namespace);
    out.maybe_text("DocumentComment", document.comment.as_deref());
    for creator in &document.creation_info.creators {
        out.tag("Creator", creator);
    }
    out.tag("Created", &document.creation_info.created);
    out.maybe("LicenseListVersion", document.creation_info.license_list_version.as_deref());
    out.maybe_text("CreatorComment", document.creation_info.comment);
    annotations(&mut out, &document.annotations, document.id);
    for known in &document.packages {
        package(&mut out, known);
    }
    for known in &document.has_extracted_licensing_infos {
        extracted(&mut out, known);
    }
    out.blank();
    for known in &document.relationships {
        let line =
            format!("{} {} {}", known.spdx_element_id, known.relationship_type, known.related_spdx_element);
        out.tag("Relationship", &line);
    }
    out.0
}

fn package(out: &mut Lines, package: &Package) {
    out.blank();
    out.tag("PackageName", &package.name);
    out.tag("SPDXID", &package.id);
    out.maybe("PackageVersion", package.version_info.as_deref());
    out.maybe("PrimaryPackagePurpose", package.primary_package_purpose);
    out.tag("PackageDownloadLocation", &package.download_location);
    out.tag("FilesAnalyzed", "false");
    for sum in &package.checksums {
        out.tag("PackageChecksum", &format!("{}: {}", sum.algorithm, sum.checksum_value));
    }
    out.maybe("PackageHomePage", package.homepage.as_deref());
    out.tag("PackageLicenseConcluded", &package.license_concluded);
    out.tag("PackageLicenseDeclared", &package.license_declared);
    out.maybe_text("PackageCopyrightText", package.copyright_text.as_deref());
    out.maybe_text("PackageDescription", package.description.as_deref());
    for known in &package.external_refs {
        let line =
            format!("{} {} {}", known.reference_category, known.reference_type, known.reference_locator);
        out.tag("ExternalRef", &line);
        out.maybe_text("ExternalRefComment", known.comment.as_deref());
    }
    for text in &package.attribution_texts {
        out.text("PackageAttributionText", text);
    }
    annotations(out, &package.annotations, &package.id);
}

fn annotations(out: &mut Lines, annotations: &[Annotation], subject: &str) {
    for annotation in annotations {
        out.tag("Annotator", &annotation.annotator);
        out.tag("AnnotationDate", &annotation.annotation_date);
        out.tag("AnnotationType", annotation.annotation_type);
        out.tag("SPDXREF", subject);
        out.text("AnnotationComment", &annotation.comment);
    }
}

fn extracted(out: &mut Lines, license: &ExtractedLicense) {
    out.blank();
    out.tag("LicenseID", &license.license_id);
    out.text("ExtractedText", &license.extracted_text);
    out.maybe("LicenseName", license.name.as_deref());
    for url in &license.see_alsos {
        out.tag("LicenseCrossReference", url);
    }
}

struct Lines(String);

impl Lines {
    fn blank(&mut self) {
        self.0.push('\n');
    }

    /// A value of one line.
    fn tag(&mut self, name: &str, value: &str) {
        self.0.push_str(name);
        self.0.push_str(": ");
        self.0.push_str(&one_line(value));
        self.0.push('\n');
    }

    /// A value of any number of lines. The end mark cannot be written inside it.
    fn text(&mut self, name: &str, value: &str) {
        let value = value.replace("</text>", "< /text>").replace('\r', "");
        self.0.push_str(&format!("{name}: <text>{value}</text>\n"));
    }

    fn maybe(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.tag(name, value);
        }
    }

    fn maybe_text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }
}
