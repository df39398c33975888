//! The head of a Go source file: constraint, package name, imports, cgo.
//!
//! Reads as far as the import declarations go, so the rest of the file need not be loaded.

use super::constraint::Constraint;

/// What the head of a file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The build constraint, if there is one that can be read.
    pub constraint: Option<Constraint>,
    /// The package name; empty if the file does not get that far.
    pub package: String,
    /// Import paths with their lines.
    pub imports: Vec<(String, u32)>,
    /// Lines of `#cgo` that ask for libraries: `-lssl`, `pkg-config: gtk`.
    pub cgo_libraries: Vec<String>,
    /// Whether the head was there in full; if not, read more of the file.
    pub complete: bool,
}

impl Head {
    /// Whether the file is joined with C code.
    pub fn uses_cgo(&self) -> bool {
        self.imports.iter().any(|(path, _)| path == "C")
    }
}

/// Reads the head of a file from its first bytes.
pub fn head(bytes: &[u8]) -> Head {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut scanner = Scanner {
        bytes,
        position: 0,
        line: 1,
        head: Head::default(),
        before_package: true,
        old: Vec::new(),
        comment: 0,
    };
    let complete = scanner.run().is_some();
    let old = std::mem::take(&mut scanner.old);
    let mut head = scanner.head;
    if head.constraint.is_none() {
        head.constraint = Constraint::parse_old(old.iter().map(String::as_str));
    }
    head.complete = complete;
    head
}

struct Scanner<'a> {
    bytes: &'a [u8],
    position: usize,
    line: u32,
    head: Head,
    /// Build constraints count before the package clause only.
    before_package: bool,
    /// `// +build` lines.
    old: Vec<String>,
    /// Where the comments before the current token start.
    comment: usize,
}

/// `None` everywhere: the bytes ended too early.
impl Scanner<'_> {
    fn run(&mut self) -> Option<()> {
        self.blank()?;
        self.before_package = false;
        if self.word()? != b"package" {
            return Some(());
        }
        self.blank()?;
        self.head.package = String::from_utf8_lossy(self.word()?).into_owned();
        loop {
            self.blank()?;
            match self.peek()? {
                b';' => self.position += 1,
                b'i' if self.word()? == b"import" => self.declaration()?,
                _ => return Some(()),
            }
        }
    }

    fn declaration(&mut self) -> Option<()> {
        let before = self.comment;
        self.blank()?;
        if self.peek()? != b'(' {
            self.comment = before;
            return self.specification();
        }
        self.position += 1;
        let mut first = true;
        loop {
            self.blank()?;
            match self.peek()? {
                b')' => {
                    self.position += 1;
                    return Some(());
                }
                b';' => self.position += 1,
                _ => {
                    if std::mem::take(&mut first) && self.comment == self.position {
                        self.comment = before;
                    }
                    self.specification()?;
                }
            }
        }
    }

    fn specification(&mut self) -> Option<()> {
        let comments = self.comment..self.position;
        loop {
            match self.peek()? {
                quote @ (b'"' | b'`') => {
                    self.position += 1;
                    let length = memchr::memchr2(quote, b'\n', &self.bytes[self.position..])?;
                    let path = String::from_utf8_lossy(&self.bytes[self.position..self.position + length]);
                    if path == "C" {
                        self.cgo(comments);
                    }
                    self.head.imports.push((path.into_owned(), self.line));
                    self.position += length;
                    if self.peek()? == quote {
                        self.position += 1;
                    }
                    return Some(());
                }
                b'.' => self.position += 1,
                byte if is_word(byte) => {
                    self.word()?;
                }
                // No import declaration looks like this: the file is broken from here on.
                _ => {
                    self.position = self.bytes.len();
                    return None;
                }
            }
            self.blank()?;
        }
    }

    fn cgo(&mut self, comments: std::ops::Range<usize>) {
        let text = String::from_utf8_lossy(&self.bytes[comments]);
        for line in text.lines() {
            let line = line.trim().trim_start_matches("//").trim();
            let Some((_, flags)) = line.strip_prefix("#cgo").and_then(|rest| rest.split_once(':')) else {
                continue;
            };
            let libraries: Vec<_> = if line.contains("pkg-config:") {
                flags.split_whitespace().map(|name| format!("pkg-config {name}")).collect()
            } else {
                flags.split_whitespace().filter(|flag| flag.starts_with("-l")).map(str::to_owned).collect()
            };
            self.head.cgo_libraries.extend(libraries);
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn word(&mut self) -> Option<&[u8]> {
        let start = self.position;
        while is_word(self.peek()?) {
            self.position += 1;
        }
        Some(&self.bytes[start..self.position])
    }

    /// Passes over white space and comments; notes where the comments started.
    fn blank(&mut self) -> Option<()> {
        let mut comment = None;
        loop {
            match self.peek()? {
                b'\n' => {
                    self.line += 1;
                    self.position += 1;
                }
                b' ' | b'\t' | b'\r' => self.position += 1,
                b'/' => {
                    comment = comment.or(Some(self.position));
                    self.comment()?;
                }
                _ => {
                    self.comment = comment.unwrap_or(self.position);
                    return Some(());
                }
            }
        }
    }

    fn comment(&mut self) -> Option<()> {
        let rest = &self.bytes[self.position..];
        if rest.starts_with(b"//") {
            let length = memchr::memchr(b'\n', rest)?;
            if self.before_package {
                self.constraint(&rest[2..length]);
            }
            self.position += length;
            return Some(());
        }
        if !rest.starts_with(b"/*") {
            self.position = self.bytes.len();
            return None;
        }
        let length = memchr::memmem::find(&rest[2..], b"*/")?;
        let lines = memchr::memchr_iter(b'\n', &rest[..length]).count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.position += length + 4;
        Some(())
    }

    fn constraint(&mut self, comment: &[u8]) {
        let comment = String::from_utf8_lossy(comment);
        if let Some(expression) = comment.strip_prefix("go:build ") {
            if self.head.constraint.is_none() {
                self.head.constraint = Constraint::parse(expression);
            }
        } else if let Some(line) = comment.trim().strip_prefix("+build ") {
            self.old.push(line.to_owned());
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "// Copyright\n\n//go:build linux\n// +build linux\n\n/* doc\n */\npackage main // here\n\n\
        import \"fmt\"; import x `example.com/x`\nimport (\n\t. \"example.com/dot\" // why\n\t_ \"embed\"\n\n\
        \t/* between */ \"os\"\n)\n\n// #cgo LDFLAGS: -lssl -L/x\n// #cgo pkg-config: gtk\n// #include <x.h>\nimport \"C\"\n\nvar a = `import \"no\"`\nimport \"late\"\n";

    #[test]
    fn imports_are_read_and_nothing_else() {
        let head = head(SOURCE.as_bytes());
        assert!(head.complete);
        assert_eq!(head.package, "main");
        assert_eq!(head.constraint, Constraint::parse("linux"));
        let imports: Vec<_> = head.imports.iter().map(|(path, line)| (path.as_str(), *line)).collect();
        assert_eq!(
            imports,
            [("fmt", 9), ("example.com/x", 9), ("example.com/dot", 11), ("embed", 12), ("os", 14), ("C", 20)]
        );
        assert!(head.uses_cgo());
        assert_eq!(head.cgo_libraries, ["-lssl", "pkg-config gtk"]);
        let crlf = super::head(SOURCE.replace('\n', "\r\n").as_bytes());
        assert_eq!(crlf.imports, head.imports);
        assert_eq!(crlf.constraint, head.constraint);
    }

    #[test]
    fn every_shorter_file_is_incomplete_or_the_same_and_never_a_panic() {
        let whole = head(SOURCE.as_bytes());
        for length in 0..SOURCE.len() {
            let part = head(&SOURCE.as_bytes()[..length]);
            assert!(!part.complete || part == whole, "{length}");
        }
    }

    #[test]
    fn broken_files_end_quietly() {
        for text in [
            "package",
            "package a\nimport 5",
            "package a\nimport \"x",
            "#!/bin/sh\n",
            "/",
            "package a\nimport (\n)",
        ] {
            let _ = head(text.as_bytes());
            assert!(head(text.as_bytes()).imports.len() <= 1);
        }
    }

    #[test]
    fn a_cgo_preamble_in_a_block_comment_counts() {
        let head = head(b"package a\n/*\n#cgo linux LDFLAGS: -lm\n*/\nimport \"C\"\nfunc f() {}\n");
        assert_eq!(head.cgo_libraries, ["-lm"]);
    }
}
