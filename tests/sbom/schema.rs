//! The official schemas, read from the fixtures and never fetched.

use serde_json::Value;
use std::path::PathBuf;

pub fn fixture(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)
}

fn read(path: &str) -> Value {
    let text = std::fs::read_to_string(fixture(path)).expect(path);
    serde_json::from_str(&text).expect(path)
}

/// Finds the files that the schemas refer to beside them.
struct Beside;

impl jsonschema::Retrieve for Beside {
    fn retrieve(
        &self,
        uri: &jsonschema::Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let name = uri.as_str().rsplit('/').next().unwrap_or_default().trim_end_matches('#').to_owned();
        let text = std::fs::read_to_string(fixture("schemas/cyclonedx").join(name))?;
        Ok(serde_json::from_str(&text)?)
    }
}

/// Every violation, as place and message.
pub fn violations(schema: &str, document: &[u8]) -> Vec<String> {
    let validator = jsonschema::options()
        .with_retriever(Beside)
        .should_validate_formats(true)
        .build(&read(schema))
        .expect("the schema compiles");
    let value: Value = serde_json::from_slice(document).expect("the document is JSON");
    validator
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .take(10)
        .collect()
}
