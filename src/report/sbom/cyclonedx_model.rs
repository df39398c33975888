//! The part of CycloneDX 1.5 to 1.7 that is written here, in the order of its JSON schema.

use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Bom<'a> {
    #[serde(rename = "$schema")]
    pub(super) schema: String,
    #[serde(rename = "bomFormat")]
    pub(super) format: &'static str,
    #[serde(rename = "specVersion")]
    pub(super) spec_version: &'static str,
    #[serde(rename = "serialNumber")]
    pub(super) serial_number: String,
    pub(super) version: u32,
    pub(super) metadata: Metadata<'a>,
    pub(super) components: Vec<Component<'a>>,
    pub(super) dependencies: Vec<Dependency<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) compositions: Vec<Composition<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) annotations: Vec<Annotation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) declarations: Option<Declarations>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) definitions: Option<Definitions<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) properties: Vec<Property<'a>>,
}

#[derive(Serialize)]
pub(super) struct Metadata<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) timestamp: Option<&'a str>,
    pub(super) lifecycles: Vec<Lifecycle>,
    pub(super) tools: Tools<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) authors: Vec<Person<'a>>,
    pub(super) component: Component<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) manufacturer: Option<Organization<'a>>,
}

#[derive(Serialize)]
pub(super) struct Lifecycle {
    pub(super) phase: &'static str,
}

#[derive(Serialize)]
pub(super) struct Tools<'a> {
    pub(super) components: Vec<ToolComponent<'a>>,
}

#[derive(Clone, Serialize)]
pub(super) struct ToolComponent<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<&'a str>,
}

#[derive(Clone, Serialize)]
pub(super) struct Person<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Organization<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) url: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) contact: Vec<Person<'a>>,
}

#[derive(Default, Serialize)]
pub(super) struct Component<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    #[serde(rename = "bom-ref")]
    pub(super) bom_ref: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) manufacturer: Option<Organization<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) authors: Vec<Person<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) author: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<&'a str>,
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) hashes: Vec<Hash<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) licenses: Vec<LicenseChoice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) copyright: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) purl: Option<&'a str>,
    #[serde(rename = "externalReferences", skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) properties: Vec<Property<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) evidence: Option<Evidence<'a>>,
}

#[derive(Serialize)]
pub(super) struct Hash<'a> {
    pub(super) alg: &'a str,
    pub(super) content: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum LicenseChoice<'a> {
    License { license: License<'a> },
    Expression(LicenseExpression<'a>),
}

#[derive(Default, Serialize)]
pub(super) struct License<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) acknowledgement: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<Attachment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) properties: Vec<Property<'a>>,
}

#[derive(Serialize)]
pub(super) struct LicenseExpression<'a> {
    pub(super) expression: &'a str,
    #[serde(rename = "expressionDetails", skip_serializing_if = "Vec::is_empty")]
    pub(super) details: Vec<ExpressionDetail<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) acknowledgement: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) properties: Vec<Property<'a>>,
}

#[derive(Serialize)]
pub(super) struct ExpressionDetail<'a> {
    #[serde(rename = "licenseIdentifier")]
    pub(super) id: &'a str,
    pub(super) text: Attachment<'a>,
}

#[derive(Serialize)]
pub(super) struct Attachment<'a> {
    #[serde(rename = "contentType")]
    pub(super) content_type: &'static str,
    pub(super) content: &'a str,
}

#[derive(Serialize)]
pub(super) struct Reference<'a> {
    pub(super) url: &'a str,
    #[serde(rename = "type")]
    pub(super) kind: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) hashes: Vec<Hash<'a>>,
}

#[derive(Serialize)]
pub(super) struct Property<'a> {
    pub(super) name: std::borrow::Cow<'a, str>,
    pub(super) value: std::borrow::Cow<'a, str>,
}

#[derive(Serialize)]
pub(super) struct Evidence<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) occurrences: Vec<Occurrence<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) licenses: Vec<LicenseChoice<'a>>,
}

#[derive(Serialize)]
pub(super) struct Occurrence<'a> {
    pub(super) location: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct Dependency<'a> {
    #[serde(rename = "ref")]
    pub(super) reference: &'a str,
    #[serde(rename = "dependsOn")]
    pub(super) depends_on: Vec<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Composition<'a> {
    pub(super) aggregate: &'static str,
    pub(super) assemblies: Vec<&'a str>,
    pub(super) dependencies: Vec<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Annotation<'a> {
    pub(super) subjects: Vec<&'a str>,
    pub(super) annotator: Annotator<'a>,
    pub(super) timestamp: &'a str,
    pub(super) text: &'a str,
}

#[derive(Serialize)]
pub(super) struct Annotator<'a> {
    pub(super) component: ToolComponent<'a>,
}

#[derive(Serialize)]
pub(super) struct Definitions<'a> {
    pub(super) standards: Vec<Standard<'a>>,
}

#[derive(Serialize)]
pub(super) struct Standard<'a> {
    #[serde(rename = "bom-ref")]
    pub(super) bom_ref: String,
    pub(super) name: &'static str,
    pub(super) version: &'a str,
    pub(super) description: &'static str,
    pub(super) owner: &'a str,
    pub(super) requirements: Vec<Requirement<'a>>,
}

#[derive(Serialize)]
pub(super) struct Requirement<'a> {
    #[serde(rename = "bom-ref")]
    pub(super) bom_ref: String,
    pub(super) identifier: &'a str,
    pub(super) title: &'a str,
    pub(super) text: String,
}

#[derive(Serialize)]
pub(super) struct Declarations {
    pub(super) attestations: Vec<Attestation>,
}

#[derive(Serialize)]
pub(super) struct Attestation {
    pub(super) summary: &'static str,
    pub(super) map: Vec<Mapping>,
}

#[derive(Serialize)]
pub(super) struct Mapping {
    pub(super) requirement: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) conformance: Option<Score>,
    pub(super) confidence: Score,
}

#[derive(Serialize)]
pub(super) struct Score {
    pub(super) score: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rationale: Option<String>,
}
