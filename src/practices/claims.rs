//! What self-descriptions claim: SECURITY-INSIGHTS.yml, publiccode.yml, CITATION.cff, codemeta.json. Somebody
//! wrote it; nobody checked it. No rule passes on a claim alone.

use super::manifest::{Claim, claim};
use super::tree::{Document, Tree};
use serde_json::Value;

/// Claims by subject.
#[derive(Debug, Default)]
pub struct Claims {
    /// Where the repository is.
    pub repositories: Vec<Claim>,
    /// Where issues go.
    pub trackers: Vec<Claim>,
    /// Who takes vulnerability reports.
    pub security_contacts: Vec<Claim>,
    /// An OpenPGP key for them.
    pub pgp_keys: Vec<Claim>,
    /// The vulnerability policy.
    pub policies: Vec<Claim>,
    /// Where the code of conduct is.
    pub conduct: Vec<Claim>,
    /// Where the interface is documented.
    pub api_documentation: Vec<Claim>,
    /// Standards said to be supported.
    pub standards: Vec<Claim>,
    /// The landing page.
    pub sites: Vec<Claim>,
    /// Files that could not be understood.
    pub unreadable: Vec<String>,
}

impl Claims {
    /// Reads every self-description of a repository.
    pub fn read(tree: &Tree) -> Self {
        let mut claims = Self::default();
        let insights = [
            "SECURITY-INSIGHTS.yml",
            ".github/SECURITY-INSIGHTS.yml",
            "security-insights.yml",
            ".github/security-insights.yml",
            ".gitlab/security-insights.yml",
            "SECURITY-INSIGHTS.yaml",
        ];
        for path in insights {
            if let Some((document, value)) = claims.yaml(tree, path) {
                claims.insights(&document, &value);
            }
        }
        for path in ["publiccode.yml", "publiccode.yaml"] {
            if let Some((document, value)) = claims.yaml(tree, path) {
                claims.publiccode(&document, &value);
            }
        }
        if let Some((document, value)) = claims.yaml(tree, "CITATION.cff") {
            take(&mut claims.repositories, &document, &value, "/repository-code");
            take(&mut claims.sites, &document, &value, "/url");
        }
        if let Some(document) = tree.document("codemeta.json") {
            match serde_json::from_str::<Value>(document.text) {
                Ok(value) => {
                    take(&mut claims.repositories, &document, &value, "/codeRepository");
                    take(&mut claims.trackers, &document, &value, "/issueTracker");
                    take(&mut claims.sites, &document, &value, "/url");
                }
                Err(error) => claims.unreadable.push(format!("codemeta.json: {error}")),
            }
        }
        claims
    }

    fn yaml<'a>(&mut self, tree: &'a Tree, path: &str) -> Option<(Document<'a>, Value)> {
        let document = tree.document(path)?;
        match parse_yaml(document.text) {
            Ok(value) => Some((document, value)),
            Err(reason) => {
                self.unreadable.push(format!("{path}: {reason}"));
                None
            }
        }
    }

    /// Security Insights 1.0 and 2.x.
    fn insights(&mut self, document: &Document, value: &Value) {
        for pointer in ["/repository/url", "/header/project-url", "/project-lifecycle/repository"] {
            take(&mut self.repositories, document, value, pointer);
        }
        for root in ["/project/vulnerability-reporting", "/vulnerability-reporting"] {
            for field in ["contact/email", "contact/url", "email-contact", "security-contact"] {
                take(&mut self.security_contacts, document, value, &format!("{root}/{field}"));
            }
            for field in ["pgp-key", "contact/pgp-key"] {
                take(&mut self.pgp_keys, document, value, &format!("{root}/{field}"));
            }
            for field in ["policy", "security-policy"] {
                take(&mut self.policies, document, value, &format!("{root}/{field}"));
            }
        }
        for contact in value.pointer("/security-contacts").and_then(Value::as_array).into_iter().flatten() {
            take(&mut self.security_contacts, document, contact, "/value");
        }
        for pointer in ["/project/documentation/code-of-conduct", "/contribution-policy/code-of-conduct"] {
            take(&mut self.conduct, document, value, pointer);
        }
        take(&mut self.sites, document, value, "/project/homepage");
    }

    fn publiccode(&mut self, document: &Document, value: &Value) {
        take(&mut self.repositories, document, value, "/url");
        take(&mut self.sites, document, value, "/landingURL");
        for (_, description) in value.pointer("/description").and_then(Value::as_object).into_iter().flatten()
        {
            take(&mut self.api_documentation, document, description, "/apiDocumentation");
        }
        for standard in value.pointer("/supports").and_then(Value::as_array).into_iter().flatten() {
            let text = standard.as_str().or_else(|| standard.get("name")?.as_str()).unwrap_or("");
            if !text.is_empty() {
                self.standards.push(claim(document, text));
            }
        }
    }
}

fn take(list: &mut Vec<Claim>, document: &Document, value: &Value, pointer: &str) {
    if let Some(text) = value.pointer(pointer).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
    {
        list.push(claim(document, text));
    }
}

/// Reads YAML whose shape nobody guarantees. Only `true` and `false` are booleans, so `on` and `no` stay words.
///
/// # Errors
/// The parser's own words, in one line.
pub fn parse_yaml(text: &str) -> Result<Value, String> {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options::<Value>(text, options)
        .map_err(|error| error.to_string().lines().next().unwrap_or("not YAML").to_owned())
}
