//! Where a program keeps its build information.
//!
//! A header starts with a magic text. Since Go 1.18 two strings follow it, each with a varint length; before, it
//! holds addresses of string headers, which the program's segments map to places in the file.
//! Source: the description of the format in Go's debug/buildinfo package.

use memchr::memmem;

const MAGIC: &[u8] = b"\xff Go buildinf:";
const HEADER: usize = 32;
const INLINE: u8 = 2;
const BIG_ENDIAN: u8 = 1;

/// The two strings of the build information.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BuildInformation {
    /// `go1.22.5`.
    pub(super) go_version: String,
    /// Lines about the main module and its dependencies.
    pub(super) modules: String,
}

/// Finds the build information. The magic text may also be a constant of the program, so every place is tried.
pub(super) fn build_information(bytes: &[u8]) -> Option<BuildInformation> {
    memmem::find_iter(bytes, MAGIC).find_map(|start| read_at(bytes, start))
}

fn read_at(bytes: &[u8], start: usize) -> Option<BuildInformation> {
    let header = bytes.get(start..start.checked_add(HEADER)?)?;
    let (pointer_size, flags) = (header[MAGIC.len()], header[MAGIC.len() + 1]);
    let (version, modules) = if flags & INLINE != 0 {
        let (version, rest) = inline_string(&bytes[start + HEADER..])?;
        let (modules, _) = inline_string(rest)?;
        (version, modules)
    } else {
        let reader = Reader {
            bytes,
            pointer: usize::from(pointer_size),
            order: ByteOrder::big_if(flags & BIG_ENDIAN != 0),
        };
        if !matches!(pointer_size, 4 | 8) {
            return None;
        }
        let segments = segments(bytes)?;
        let string = |at: usize| reader.string(&segments, reader.number(start + at, reader.pointer)?);
        (string(16)?, string(16 + reader.pointer)?)
    };
    let go_version = std::str::from_utf8(version).ok().filter(|version| !version.is_empty())?.to_owned();
    Some(BuildInformation { go_version, modules: between_marks(modules)? })
}

/// The module text stands between two marks of 16 bytes.
fn between_marks(modules: &[u8]) -> Option<String> {
    if modules.len() < 33 || modules[modules.len() - 17] != b'\n' {
        return None;
    }
    std::str::from_utf8(&modules[16..modules.len() - 16]).ok().map(str::to_owned)
}

fn inline_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length: u64 = 0;
    for (position, byte) in bytes.iter().enumerate().take(9) {
        length |= u64::from(byte & 0x7f) << (7 * position);
        if byte & 0x80 == 0 {
            let rest = &bytes[position + 1..];
            let length = usize::try_from(length).ok()?;
            return (length <= rest.len()).then(|| rest.split_at(length));
        }
    }
    None
}

/// A part of the file that is loaded at an address.
#[derive(Debug, PartialEq, Eq)]
struct Segment {
    address: u64,
    offset: u64,
    length: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ByteOrder {
    Little,
    Big,
}

impl ByteOrder {
    fn big_if(big: bool) -> Self {
        if big { Self::Big } else { Self::Little }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    pointer: usize,
    order: ByteOrder,
}

impl<'a> Reader<'a> {
    fn number(&self, at: usize, size: usize) -> Option<u64> {
        let bytes = self.bytes.get(at..at.checked_add(size)?)?;
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(match self.order {
            ByteOrder::Big => bytes.iter().fold(0, add),
            ByteOrder::Little => bytes.iter().rev().fold(0, add),
        })
    }

    /// The string whose header (address and length) is at an address.
    fn string(&self, segments: &[Segment], address: u64) -> Option<&'a [u8]> {
        let header = place(segments, address)?;
        let data = self.number(header, self.pointer)?;
        let length = usize::try_from(self.number(header.checked_add(self.pointer)?, self.pointer)?).ok()?;
        let start = place(segments, data)?;
        self.bytes.get(start..start.checked_add(length)?)
    }
}

fn place(segments: &[Segment], address: u64) -> Option<usize> {
    let inside =
        |segment: &&Segment| address >= segment.address && address - segment.address < segment.length;
    let segment = segments.iter().find(inside)?;
    usize::try_from(segment.offset.checked_add(address - segment.address)?).ok()
}

fn segments(bytes: &[u8]) -> Option<Vec<Segment>> {
    match bytes.get(..4)? {
        b"\x7fELF" => elf_segments(bytes),
        [b'M', b'Z', ..] => windows_segments(bytes),
        b"\xcf\xfa\xed\xfe" | b"\xce\xfa\xed\xfe" => mach_segments(bytes, ByteOrder::Little),
        b"\xfe\xed\xfa\xcf" | b"\xfe\xed\xfa\xce" => mach_segments(bytes, ByteOrder::Big),
        _ => None,
    }
}

/// Program headers of type LOAD (ELF specification, "Program header").
fn elf_segments(bytes: &[u8]) -> Option<Vec<Segment>> {
    let wide = *bytes.get(4)? == 2;
    let reader =
        Reader { bytes, pointer: if wide { 8 } else { 4 }, order: ByteOrder::big_if(*bytes.get(5)? == 2) };
    let (table, entry, count) = if wide { (32, 54, 56) } else { (28, 42, 44) };
    let table = usize::try_from(reader.number(table, reader.pointer)?).ok()?;
    let size = usize::try_from(reader.number(entry, 2)?).ok()?;
    let count = usize::try_from(reader.number(count, 2)?).ok()?;
    let (offset, address, length) = if wide { (8, 16, 32) } else { (4, 8, 16) };
    let mut found = Vec::new();
    for position in 0..count {
        let start = table.checked_add(position.checked_mul(size)?)?;
        let field = |at: usize| reader.number(start.checked_add(at)?, reader.pointer);
        if reader.number(start, 4)? == 1 {
            found.push(Segment { address: field(address)?, offset: field(offset)?, length: field(length)? });
        }
    }
    Some(found)
}

/// Sections and the image base (Microsoft PE format, "Section table").
fn windows_segments(bytes: &[u8]) -> Option<Vec<Segment>> {
    let reader = Reader { bytes, pointer: 4, order: ByteOrder::Little };
    let header = usize::try_from(reader.number(0x3c, 4)?).ok()?;
    if bytes.get(header..header.checked_add(4)?)? != b"PE\0\0" {
        return None;
    }
    let count = usize::try_from(reader.number(header + 6, 2)?).ok()?;
    let optional = header + 24;
    let table = optional + usize::try_from(reader.number(header + 20, 2)?).ok()?;
    let base = match reader.number(optional, 2)? {
        0x20b => reader.number(optional + 24, 8)?,
        _ => reader.number(optional + 28, 4)?,
    };
    let mut found = Vec::new();
    for position in 0..count {
        let start = table + 40 * position;
        found.push(Segment {
            address: base.checked_add(reader.number(start + 12, 4)?)?,
            offset: reader.number(start + 20, 4)?,
            length: reader.number(start + 16, 4)?,
        });
    }
    Some(found)
}

/// Segment commands (Mach-O, `LC_SEGMENT` and `LC_SEGMENT_64`).
fn mach_segments(bytes: &[u8], order: ByteOrder) -> Option<Vec<Segment>> {
    let reader = Reader { bytes, pointer: 8, order };
    let count = reader.number(16, 4)?;
    let wide_header = bytes.get(..4)?.contains(&0xcf);
    let mut start: usize = if wide_header { 32 } else { 28 };
    let mut found = Vec::new();
    for _ in 0..count {
        let command = reader.number(start, 4)?;
        let size = usize::try_from(reader.number(start.checked_add(4)?, 4)?).ok()?;
        let width = match command {
            0x19 => Some(8),
            0x1 => Some(4),
            _ => None,
        };
        if let Some(width) = width {
            found.push(Segment {
                address: reader.number(start + 24, width)?,
                offset: reader.number(start + 24 + 2 * width, width)?,
                length: reader.number(start + 24 + 3 * width, width)?,
            });
        }
        if size == 0 {
            return None;
        }
        start = start.checked_add(size)?;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULES: &str = "path\tx\nmod\tx\t(devel)\t\n";

    fn marked() -> Vec<u8> {
        [&[7; 16], MODULES.as_bytes(), &[9; 16]].concat()
    }

    fn header(pointer: u8, flags: u8) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([pointer, flags]);
        bytes.resize(HEADER, 0);
        bytes
    }

    fn inline() -> Vec<u8> {
        let mut bytes = header(0, INLINE);
        bytes.push(8);
        bytes.extend(b"go1.22.5");
        let modules = marked();
        bytes.push(u8::try_from(modules.len()).unwrap());
        bytes.extend(modules);
        bytes
    }

    /// A little-endian 64-bit ELF program with one segment at 0x1000 that is the whole file.
    fn elf(pointers: bool) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01".to_vec();
        bytes.resize(0x40, 0);
        bytes[32] = 0x40;
        bytes[54] = 56;
        bytes[56] = 1;
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend([0; 4]);
        for number in [0_u64, 0x1000, 0x1000, 0x1000, 0x1000, 0] {
            bytes.extend(number.to_le_bytes());
        }
        assert_eq!(bytes.len(), 0x78);
        bytes.resize(0x80, 0);
        if !pointers {
            bytes.extend(inline());
            return bytes;
        }
        bytes.extend(header(8, 0));
        bytes[0x90..0x98].copy_from_slice(&0x10a0_u64.to_le_bytes());
        bytes[0x98..0xa0].copy_from_slice(&0x10b0_u64.to_le_bytes());
        let modules = marked();
        for number in [0x10c0, 8, 0x10c8, modules.len() as u64] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(b"go1.12.3");
        bytes.extend(modules);
        bytes
    }

    #[test]
    fn both_formats_are_read() {
        let found = build_information(&elf(false)).unwrap();
        assert_eq!((found.go_version.as_str(), found.modules.as_str()), ("go1.22.5", MODULES));
        let found = build_information(&elf(true)).unwrap();
        assert_eq!((found.go_version.as_str(), found.modules.as_str()), ("go1.12.3", MODULES));
    }

    /// A little-endian 64-bit Mach-O program with one segment at 0x1000 that is the whole file.
    fn mach() -> Vec<u8> {
        let mut bytes = elf(true);
        bytes[..0x78].fill(0);
        bytes[..4].copy_from_slice(b"\xcf\xfa\xed\xfe");
        bytes[16] = 1;
        bytes[32] = 0x19;
        bytes[36] = 72;
        bytes[56..64].copy_from_slice(&0x1000_u64.to_le_bytes());
        bytes[80..88].copy_from_slice(&0x1000_u64.to_le_bytes());
        bytes
    }

    /// A 64-bit Windows program with one section at 0x1000 that is the whole file, loaded at 0.
    fn windows() -> Vec<u8> {
        let program = elf(true);
        let mut bytes = vec![0; 0x1000];
        bytes[..2].copy_from_slice(b"MZ");
        bytes[0x3c] = 0x40;
        bytes[0x40..0x44].copy_from_slice(b"PE\0\0");
        bytes[0x46] = 1;
        bytes[0x54] = 32;
        bytes[0x58..0x5a].copy_from_slice(&0x20b_u16.to_le_bytes());
        let section = 0x58 + 32;
        bytes[section + 12..section + 16].copy_from_slice(&0x1000_u32.to_le_bytes());
        bytes[section + 16..section + 20].copy_from_slice(&0x1000_u32.to_le_bytes());
        bytes[section + 20..section + 24].copy_from_slice(&0x1000_u32.to_le_bytes());
        bytes.extend(program);
        bytes
    }

    #[test]
    fn addresses_are_followed_in_the_programs_of_every_system() {
        for bytes in [elf(true), mach(), windows()] {
            let found = build_information(&bytes).unwrap();
            assert_eq!((found.go_version.as_str(), found.modules.as_str()), ("go1.12.3", MODULES));
        }
    }

    #[test]
    fn the_magic_text_alone_is_passed_over() {
        let mut bytes = elf(false);
        let start = bytes.len() - inline().len();
        bytes.splice(start..start, MAGIC.iter().copied().chain([b'x'; 40]));
        assert_eq!(build_information(&bytes).unwrap().modules, MODULES);
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_survived() {
        for bytes in [elf(false), elf(true), mach(), windows()] {
            for length in 0..bytes.len() {
                let _ = build_information(&bytes[..length]);
            }
            for position in 0..bytes.len() {
                let mut changed = bytes.clone();
                changed[position] = 0xff;
                let _ = build_information(&changed);
            }
        }
    }
}
