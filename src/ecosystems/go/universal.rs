//! Universal Mach-O files: one program for each of several processors, in one file.
//!
//! Source: Apple's `mach-o/fat.h`. All numbers are big-endian.

/// A class file of Java starts with the same bytes, and a version that is a higher number than this.
const MOST_PARTS: u64 = 32;

/// The programs in a file: those of a universal file, or the file itself. A part that does not lie in the file is
/// empty.
pub(super) fn parts(bytes: &[u8]) -> Vec<&[u8]> {
    let (entry, wide) = match bytes.get(..4) {
        Some(b"\xca\xfe\xba\xbe") => (20, false),
        Some(b"\xca\xfe\xba\xbf") => (32, true),
        _ => return vec![bytes],
    };
    let count = number(bytes, 4, 4).unwrap_or(0);
    if count == 0 || count > MOST_PARTS {
        return vec![bytes];
    }
    let part = |position: u64| {
        let start = 8 + usize::try_from(position).ok()? * entry;
        let width = if wide { 8 } else { 4 };
        let offset = usize::try_from(number(bytes, start + 8, width)?).ok()?;
        let length = usize::try_from(number(bytes, start + 8 + width, width)?).ok()?;
        bytes.get(offset..offset.checked_add(length)?)
    };
    (0..count).map(|position| part(position).unwrap_or_default()).collect()
}

fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(width)?)?;
    Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::parts;

    fn file(wide: bool, parts: &[(u64, u64)]) -> Vec<u8> {
        let mut bytes = vec![0xca, 0xfe, 0xba, if wide { 0xbf } else { 0xbe }];
        bytes.extend(u32::try_from(parts.len()).unwrap().to_be_bytes());
        for (offset, length) in parts {
            bytes.extend([0; 8]);
            for number in [offset, length] {
                let number = number.to_be_bytes();
                bytes.extend(if wide { &number[..] } else { &number[4..] });
            }
            bytes.extend(vec![0; if wide { 8 } else { 4 }]);
        }
        bytes.resize(100, 0);
        bytes.extend(b"firstsecond");
        bytes
    }

    #[test]
    fn every_part_is_found() {
        for wide in [false, true] {
            assert_eq!(parts(&file(wide, &[(100, 5), (105, 6)])), [&b"first"[..], b"second"]);
        }
        assert_eq!(parts(b"\x7fELF"), [b"\x7fELF"]);
    }

    #[test]
    fn parts_out_of_the_file_and_false_counts_are_survived() {
        let (far, long) = (u64::from(u32::MAX), u64::MAX);
        assert_eq!(parts(&file(false, &[(far, 5), (100, far), (105, 6)])), [&b""[..], b"", b"second"]);
        assert_eq!(parts(&file(true, &[(long, 5), (100, long)])), [&b""[..], b""]);
        // A class file of Java 8, and counts of nothing and too many.
        for class in
            [&b"\xca\xfe\xba\xbe\x00\x00\x00\x34code"[..], b"\xca\xfe\xba\xbe\0\0\0\0", b"\xca\xfe\xba\xbe"]
        {
            assert_eq!(parts(class), [class]);
        }
        let whole = file(true, &[(100, 5), (105, 6)]);
        for length in 0..whole.len() {
            let _ = parts(&whole[..length]);
        }
    }
}
