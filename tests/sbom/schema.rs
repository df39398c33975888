//! The official schemas, read from the fixtures and never fetched.

use serde_json::Value;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

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

/// Compiling a schema takes far longer than using it.
fn validator(schema: &str) -> Arc<jsonschema::Validator> {
    static COMPILED: OnceLock<Mutex<HashMap<String, Arc<jsonschema::Validator>>>> = OnceLock::new();
    let mut compiled = COMPILED.get_or_init(Mutex::default).lock().expect("no test panics here");
    let compile = || {
        let options = jsonschema::options().with_retriever(Beside).should_validate_formats(true);
        Arc::new(options.build(&read(schema)).expect("the schema compiles"))
    };
    Arc::clone(compiled.entry(schema.to_owned()).or_insert_with(compile))
}

/// Every violation, as place and message.
pub fn violations(schema: &str, document: &[u8]) -> Vec<String> {
    let value: Value = serde_json::from_slice(document).expect("the document is JSON");
    let validator = validator(schema);
    validator
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .take(10)
        .collect()
}
