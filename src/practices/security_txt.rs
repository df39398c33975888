//! security.txt (RFC 9116): fields, expiry, the cleartext signature around it.

use jiff::Timestamp;

/// A security.txt file.
#[derive(Debug, Default)]
pub struct SecurityTxt {
    /// Contact addresses, with line.
    pub contacts: Vec<(usize, String)>,
    /// When it expires, if it says so exactly once and legibly.
    pub expires: Option<Timestamp>,
    /// Where the key is, with line.
    pub encryption: Vec<(usize, String)>,
    /// Where the policy is, with line.
    pub policy: Vec<(usize, String)>,
    /// Addresses at which it is the true one.
    pub canonical: Vec<String>,
    /// Whether it stands inside an OpenPGP cleartext signature.
    pub signed: bool,
    /// What RFC 9116 does not allow.
    pub defects: Vec<String>,
}

/// Reads a file. Whether it is a security.txt at all is told by its contacts and defects.
pub fn read(text: &str) -> SecurityTxt {
    let mut found = SecurityTxt { signed: is_signed(text), ..SecurityTxt::default() };
    let mut expires = Vec::new();
    let mut languages = 0;
    for (line, content) in signed_lines(text) {
        let content = content.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let Some((field, value)) = content.split_once(':') else {
            found.defects.push(format!("line {line} is no field"));
            continue;
        };
        let value = value.trim().to_owned();
        if value.contains("{{") || value.contains("{%") {
            found.defects.push(format!("line {line} is a template, not a value"));
            continue;
        }
        match field.trim().to_ascii_lowercase().as_str() {
            "contact" => found.contacts.push((line, value)),
            "expires" => expires.push(value),
            "encryption" => found.encryption.push((line, value)),
            "policy" => found.policy.push((line, value)),
            "canonical" => found.canonical.push(value),
            "preferred-languages" => languages += 1,
            _ => {}
        }
    }
    check(&mut found, &expires, languages);
    found
}

fn check(found: &mut SecurityTxt, expires: &[String], languages: usize) {
    if found.contacts.is_empty() {
        found.defects.push("no Contact (RFC 9116 s.2.5.3)".to_owned());
    }
    for (line, contact) in &found.contacts {
        let uri = ["https://", "mailto:", "tel:"]
            .iter()
            .any(|scheme| contact.to_ascii_lowercase().starts_with(scheme));
        if !uri {
            found.defects.push(format!(
                "the contact in line {line} is no https:, mailto: or tel: URI (RFC 9116 s.2.5.3)"
            ));
        }
    }
    match expires {
        [] => found.defects.push("no Expires (RFC 9116 s.2.5.5)".to_owned()),
        [one] => match one.to_ascii_uppercase().parse::<Timestamp>() {
            Ok(time) => found.expires = Some(time),
            Err(_) => found.defects.push("Expires is no RFC 3339 time (RFC 9116 s.2.5.5)".to_owned()),
        },
        _ => found.defects.push("more than one Expires (RFC 9116 s.2.5.5)".to_owned()),
    }
    if languages > 1 {
        found.defects.push("more than one Preferred-Languages (RFC 9116 s.2.5.8)".to_owned());
    }
}

/// Whether a text stands inside an OpenPGP cleartext signature.
fn is_signed(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with("-----BEGIN PGP SIGNED MESSAGE-----")
        && text.contains("-----BEGIN PGP SIGNATURE-----")
}

/// The lines that a signature covers, dash escapes undone (RFC 9580 s.7); every line of an unsigned text.
fn signed_lines(text: &str) -> Vec<(usize, &str)> {
    let numbered = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    if !is_signed(text) {
        return numbered.collect();
    }
    numbered
        .skip_while(|(_, line)| !line.trim().is_empty())
        .take_while(|(_, line)| !line.starts_with("-----BEGIN PGP SIGNATURE-----"))
        .map(|(number, line)| (number, line.strip_prefix("- ").unwrap_or(line)))
        .collect()
}
