//! One tar file with all facts of a cache, for machines without a network.
//!
//! Importing writes nothing outside the cache, whatever the file's paths say: an entry's place follows from its
//! content, and an entry that is there already stays.

use super::cache::{Cache, LARGEST};
use std::io::{self, Read, Write};

/// Entries of a file to import, at most.
const MOST_ENTRIES: usize = 5_000_000;

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Entries that are new.
    pub added: usize,
    /// Entries that were there.
    pub known: usize,
    /// Files that are no whole entries; they were left out.
    pub refused: usize,
}

/// Writes every whole entry; the same cache gives the same bytes.
///
/// # Errors
/// When `output` cannot be written.
pub fn export(cache: &Cache, output: impl Write) -> io::Result<usize> {
    let mut archive = tar::Builder::new(output);
    let mut count = 0;
    for (name, bytes) in cache.whole_entries() {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        archive.append_data(&mut header, name, bytes.as_slice())?;
        count += 1;
    }
    archive.into_inner()?.flush()?;
    Ok(count)
}

/// Takes over the entries of an exported file. Whoever made the file is trusted for what packages declare.
///
/// # Errors
/// When `input` is no tar file, ends early, or the cache cannot be written. What was read before stays.
pub fn import(cache: &Cache, input: impl Read) -> io::Result<Imported> {
    let mut imported = Imported::default();
    let mut archive = tar::Archive::new(input);
    for (position, entry) in archive.entries()?.raw(true).enumerate() {
        if position >= MOST_ENTRIES {
            return Err(io::Error::other(format!("the file has more than {MOST_ENTRIES} entries")));
        }
        let entry = entry?;
        if !entry.header().entry_type().is_file() || entry.header().entry_size()? > LARGEST {
            imported.refused += 1;
            continue;
        }
        let mut bytes = Vec::new();
        let size = entry.header().entry_size()?;
        entry.take(LARGEST).read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < size {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file ends within an entry"));
        }
        match cache.adopt(&bytes)? {
            Some(true) => imported.added += 1,
            Some(false) => imported.known += 1,
            None => imported.refused += 1,
        }
    }
    Ok(imported)
}
