//! CycloneDX as XML: the same values as the JSON, in the element order of the XSD.

use super::CycloneDxVersion;
use super::cyclonedx_model::{
    Annotation, Attachment, Bom, Component, Composition, Declarations, Definitions, Dependency, Evidence,
    Hash, LicenseChoice, LicenseExpression, Metadata, Organization, Person, Property, Reference, Score,
    ToolComponent,
};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::borrow::Cow;
use std::io;

/// Writes a document.
pub(super) fn write(bom: &Bom<'_>, version: CycloneDxVersion) -> io::Result<Vec<u8>> {
    let mut xml = Xml { writer: Writer::new_with_indent(Vec::new(), b' ', 2) };
    xml.writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let namespace = format!("http://cyclonedx.org/schema/bom/{}", version.name());
    let number = bom.version.to_string();
    let attributes =
        [("xmlns", namespace.as_str()), ("serialNumber", &bom.serial_number), ("version", &number)];
    xml.inside("bom", &attributes, |xml| body(xml, bom))?;
    let mut bytes = xml.writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn body(xml: &mut Xml, bom: &Bom<'_>) -> io::Result<()> {
    metadata(xml, &bom.metadata)?;
    xml.inside("components", &[], |xml| bom.components.iter().try_for_each(|each| component(xml, each)))?;
    xml.inside("dependencies", &[], |xml| {
        bom.dependencies.iter().try_for_each(|each| dependency(xml, each))
    })?;
    xml.list("compositions", &bom.compositions, composition)?;
    properties(xml, &bom.properties)?;
    xml.list("annotations", &bom.annotations, annotation)?;
    if let Some(declared) = &bom.declarations {
        declarations(xml, declared)?;
    }
    if let Some(defined) = &bom.definitions {
        definitions(xml, defined)?;
    }
    Ok(())
}

fn metadata(xml: &mut Xml, metadata: &Metadata<'_>) -> io::Result<()> {
    xml.inside("metadata", &[], |xml| {
        xml.maybe("timestamp", metadata.timestamp)?;
        xml.list("lifecycles", &metadata.lifecycles, |xml, lifecycle| {
            xml.inside("lifecycle", &[], |xml| xml.leaf("phase", &[], lifecycle.phase))
        })?;
        xml.inside("tools", &[], |xml| xml.list("components", &metadata.tools.components, tool))?;
        xml.list("authors", &metadata.authors, |xml, author| person(xml, "author", author))?;
        component(xml, &metadata.component)?;
        match &metadata.manufacturer {
            Some(manufacturer) => organization(xml, manufacturer),
            None => Ok(()),
        }
    })
}

fn tool(xml: &mut Xml, tool: &ToolComponent<'_>) -> io::Result<()> {
    xml.inside("component", &[("type", tool.kind)], |xml| {
        xml.line("name", tool.name)?;
        xml.maybe("version", tool.version)
    })
}

fn person(xml: &mut Xml, element: &str, person: &Person<'_>) -> io::Result<()> {
    xml.inside(element, &[], |xml| {
        xml.maybe("name", person.name)?;
        xml.maybe("email", person.email)
    })
}

fn organization(xml: &mut Xml, organization: &Organization<'_>) -> io::Result<()> {
    xml.inside("manufacturer", &[], |xml| {
        xml.maybe("name", organization.name)?;
        organization.url.iter().try_for_each(|url| xml.leaf("url", &[], url))?;
        organization.contact.iter().try_for_each(|contact| person(xml, "contact", contact))
    })
}

fn component(xml: &mut Xml, component: &Component<'_>) -> io::Result<()> {
    let attributes = [("type", component.kind), ("bom-ref", component.bom_ref)];
    xml.inside("component", &attributes, |xml| {
        if let Some(manufacturer) = &component.manufacturer {
            organization(xml, manufacturer)?;
        }
        xml.list("authors", &component.authors, |xml, author| person(xml, "author", author))?;
        xml.maybe("author", component.author.as_deref())?;
        xml.maybe("group", component.group)?;
        xml.line("name", component.name)?;
        xml.maybe("version", component.version)?;
        xml.maybe("description", component.description)?;
        xml.maybe("scope", component.scope)?;
        xml.list("hashes", &component.hashes, hash)?;
        xml.list("licenses", &component.licenses, license)?;
        xml.maybe("copyright", component.copyright)?;
        xml.maybe("purl", component.purl)?;
        xml.list("externalReferences", &component.references, reference)?;
        properties(xml, &component.properties)?;
        match &component.evidence {
            Some(seen) => evidence(xml, seen),
            None => Ok(()),
        }
    })
}

fn hash(xml: &mut Xml, hash: &Hash<'_>) -> io::Result<()> {
    xml.leaf("hash", &[("alg", hash.alg)], hash.content)
}

fn reference(xml: &mut Xml, reference: &Reference<'_>) -> io::Result<()> {
    xml.inside("reference", &[("type", reference.kind)], |xml| {
        xml.leaf("url", &[], reference.url)?;
        xml.list("hashes", &reference.hashes, hash)
    })
}

fn license(xml: &mut Xml, choice: &LicenseChoice<'_>) -> io::Result<()> {
    let license = match choice {
        LicenseChoice::License { license } => license,
        LicenseChoice::Expression(expression) => return license_expression(xml, expression),
    };
    let said: Vec<_> = license.acknowledgement.map(|said| ("acknowledgement", said)).into_iter().collect();
    xml.inside("license", &said, |xml| {
        xml.maybe("id", license.id)?;
        xml.maybe("name", license.name)?;
        if let Some(text) = &license.text {
            attachment(xml, text)?;
        }
        xml.maybe("url", license.url.as_deref())?;
        properties(xml, &license.properties)
    })
}

/// 1.7 has an element of its own for an expression with details.
fn license_expression(xml: &mut Xml, license: &LicenseExpression<'_>) -> io::Result<()> {
    let mut attributes: Vec<_> =
        license.acknowledgement.map(|said| ("acknowledgement", said)).into_iter().collect();
    if license.details.is_empty() && license.properties.is_empty() {
        return xml.leaf("expression", &attributes, license.expression);
    }
    attributes.insert(0, ("expression", license.expression));
    xml.inside("expression-detailed", &attributes, |xml| {
        for detail in &license.details {
            xml.inside("details", &[("license-identifier", detail.id)], |xml| attachment(xml, &detail.text))?;
        }
        properties(xml, &license.properties)
    })
}

fn attachment(xml: &mut Xml, text: &Attachment<'_>) -> io::Result<()> {
    xml.leaf("text", &[("content-type", text.content_type)], text.content)
}

fn properties(xml: &mut Xml, properties: &[Property<'_>]) -> io::Result<()> {
    xml.list("properties", properties, |xml, property| {
        xml.leaf("property", &[("name", &property.name)], &property.value)
    })
}

fn evidence(xml: &mut Xml, evidence: &Evidence<'_>) -> io::Result<()> {
    xml.inside("evidence", &[], |xml| {
        xml.list("occurrences", &evidence.occurrences, |xml, occurrence| {
            xml.inside("occurrence", &[], |xml| {
                xml.leaf("location", &[], occurrence.location)?;
                xml.maybe("line", occurrence.line.map(|line| line.to_string()).as_deref())
            })
        })?;
        xml.list("licenses", &evidence.licenses, license)
    })
}

fn dependency(xml: &mut Xml, dependency: &Dependency<'_>) -> io::Result<()> {
    xml.inside("dependency", &[("ref", dependency.reference)], |xml| {
        dependency.depends_on.iter().try_for_each(|target| xml.empty("dependency", &[("ref", target)]))
    })
}

fn composition(xml: &mut Xml, composition: &Composition<'_>) -> io::Result<()> {
    xml.inside("composition", &[], |xml| {
        xml.leaf("aggregate", &[], composition.aggregate)?;
        xml.list("assemblies", &composition.assemblies, |xml, known| {
            xml.empty("assembly", &[("ref", known)])
        })?;
        xml.list("dependencies", &composition.dependencies, |xml, known| {
            xml.empty("dependency", &[("ref", known)])
        })
    })
}

fn annotation(xml: &mut Xml, annotation: &Annotation<'_>) -> io::Result<()> {
    xml.inside("annotation", &[], |xml| {
        xml.list("subjects", &annotation.subjects, |xml, subject| xml.empty("subject", &[("ref", subject)]))?;
        xml.inside("annotator", &[], |xml| tool(xml, &annotation.annotator.component))?;
        xml.leaf("timestamp", &[], annotation.timestamp)?;
        xml.leaf("text", &[], annotation.text)
    })
}

fn declarations(xml: &mut Xml, declarations: &Declarations) -> io::Result<()> {
    xml.inside("declarations", &[], |xml| {
        xml.list("attestations", &declarations.attestations, |xml, attestation| {
            xml.inside("attestation", &[], |xml| {
                xml.leaf("summary", &[], attestation.summary)?;
                attestation.map.iter().try_for_each(|row| {
                    xml.inside("map", &[], |xml| {
                        xml.leaf("requirement", &[], &row.requirement)?;
                        if let Some(conformance) = &row.conformance {
                            score(xml, "conformance", conformance)?;
                        }
                        score(xml, "confidence", &row.confidence)
                    })
                })
            })
        })
    })
}

fn score(xml: &mut Xml, element: &str, score: &Score) -> io::Result<()> {
    xml.inside(element, &[], |xml| {
        xml.leaf("score", &[], &score.score.to_string())?;
        xml.maybe_text("rationale", score.rationale.as_deref())
    })
}

fn definitions(xml: &mut Xml, definitions: &Definitions<'_>) -> io::Result<()> {
    xml.inside("definitions", &[], |xml| {
        xml.list("standards", &definitions.standards, |xml, standard| {
            xml.inside("standard", &[("bom-ref", &standard.bom_ref)], |xml| {
                xml.leaf("name", &[], standard.name)?;
                xml.leaf("version", &[], standard.version)?;
                xml.leaf("description", &[], standard.description)?;
                xml.leaf("owner", &[], standard.owner)?;
                xml.list("requirements", &standard.requirements, |xml, requirement| {
                    xml.inside("requirement", &[("bom-ref", &requirement.bom_ref)], |xml| {
                        xml.leaf("identifier", &[], requirement.identifier)?;
                        xml.leaf("title", &[], requirement.title)?;
                        xml.leaf("text", &[], &requirement.text)
                    })
                })
            })
        })
    })
}

/// A writer that puts only characters into the document that XML 1.0 allows.
struct Xml {
    writer: Writer<Vec<u8>>,
}

impl Xml {
    fn start<'e>(element: &'e str, attributes: &[(&str, &str)]) -> BytesStart<'e> {
        let mut start = BytesStart::new(element);
        for (name, value) in attributes {
            start.push_attribute((*name, allowed(value).as_ref()));
        }
        start
    }

    fn inside(
        &mut self,
        element: &str,
        attributes: &[(&str, &str)],
        content: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.writer.write_event(Event::Start(Self::start(element, attributes)))?;
        content(self)?;
        self.writer.write_event(Event::End(BytesEnd::new(element)))
    }

    fn empty(&mut self, element: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.writer.write_event(Event::Empty(Self::start(element, attributes)))
    }

    fn leaf(&mut self, element: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        self.writer.write_event(Event::Start(Self::start(element, attributes)))?;
        self.writer.write_event(Event::Text(BytesText::new(&allowed(text))))?;
        self.writer.write_event(Event::End(BytesEnd::new(element)))
    }

    /// For the elements of type `normalizedString`.
    fn line(&mut self, element: &str, text: &str) -> io::Result<()> {
        self.leaf(element, &[], &super::text::one_line(text))
    }

    fn maybe(&mut self, element: &str, text: Option<&str>) -> io::Result<()> {
        text.map_or(Ok(()), |text| self.line(element, text))
    }

    fn maybe_text(&mut self, element: &str, text: Option<&str>) -> io::Result<()> {
        text.map_or(Ok(()), |text| self.leaf(element, &[], text))
    }

    /// A list element with its items; nothing at all for an empty list.
    fn list<T>(
        &mut self,
        element: &str,
        items: &[T],
        mut write: impl FnMut(&mut Self, &T) -> io::Result<()>,
    ) -> io::Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        self.inside(element, &[], |xml| items.iter().try_for_each(|item| write(xml, item)))
    }
}

/// XML 1.0 section 2.2 has no place for most control characters, not even escaped.
pub(super) fn allowed(text: &str) -> Cow<'_, str> {
    let is_allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    if text.chars().all(is_allowed) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if is_allowed(c) { c } else { '\u{FFFD}' }).collect())
}
