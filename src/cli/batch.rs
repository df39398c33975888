//! `licgraph explain --batch`: a table of questions, answered row by row.
//!
//! Lock files repeat the same few licenses: each text is read once and known by a number from then on, and each
//! question is answered once, as the bytes that are written.

use super::exit::ExitStatus;
use super::explain::{ExplainArguments, TOGETHER, parse_distribution, parse_linkage};
use super::input::{Failure, expression};
use crate::compatibility::{
    Explanation, InboundExpression, Law, OutboundExpression, Situation, answer, explain_together,
};
use crate::model::{Distribution, Linkage, Verdict};
use foldhash::HashMap;
use std::borrow::Cow;
use std::io::{self, BufWriter, Write};
use std::ops::Range;

const ANSWER_COLUMNS: [&str; 8] =
    ["verdict", "effective_outbound", "conditions", "obligations", "reason", "authority", "basis", "chosen"];

/// More distinct questions than this are answered anew each time; what is kept stays below some 200 MB.
const MOST_ANSWERS: usize = 600_000;

/// Answers every row of a CSV on standard input, in order. A row that cannot be read is answered `unknown`, with
/// what is wrong as its reason, and makes the exit status 3.
pub fn run(law: &Law, arguments: &ExplainArguments) -> Result<ExitStatus, Failure> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).buffer_capacity(1 << 18).from_reader(io::stdin().lock());
    let mut output = BufWriter::with_capacity(1 << 18, io::stdout().lock());
    let written = answer_all(law, arguments, &mut reader, &mut output)?;
    match written.and_then(|all_read| output.flush().map(|()| all_read)) {
        Ok(true) => Ok(ExitStatus::Clean),
        Ok(false) => Ok(ExitStatus::Incomplete),
        // A reader that went away is no failure of ours.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitStatus::Clean),
        Err(source) => Err(Failure::File { action: "write", path: "standard output".to_owned(), source }),
    }
}

/// Whether every row could be read; the inner result is about writing.
fn answer_all<R: io::Read>(
    law: &Law,
    arguments: &ExplainArguments,
    reader: &mut csv::Reader<R>,
    output: &mut impl Write,
) -> Result<io::Result<bool>, Failure> {
    let header = reader.byte_headers().map_err(csv_failure)?.clone();
    let columns = Columns::of(&header, arguments)?;
    let mut line = Vec::new();
    header.iter().for_each(|cell| push_cell(&mut line, cell));
    ANSWER_COLUMNS.iter().for_each(|cell| push_cell(&mut line, cell.as_bytes()));
    line.push(b'\n');
    if let Err(error) = output.write_all(&line) {
        return Ok(Err(error));
    }
    let mut memory = Memory::new(law);
    let mut row = csv::ByteRecord::new();
    while reader.read_byte_record(&mut row).map_err(csv_failure)? {
        line.clear();
        row.iter().for_each(|cell| push_cell(&mut line, cell));
        (row.len()..header.len()).for_each(|_| push_cell(&mut line, b""));
        memory.answer(&question(&row, &columns, arguments), &mut line);
        line.push(b'\n');
        if let Err(error) = output.write_all(&line) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(memory.all_understood))
}

/// Adds a cell; a comma stands between cells.
fn push_cell(line: &mut Vec<u8>, cell: &[u8]) {
    if line.is_empty() && cell.is_empty() {
        // A row of one empty cell would read as no row.
        line.extend_from_slice(b"\"\"");
        return;
    }
    if !line.is_empty() {
        line.push(b',');
    }
    let start = line.len();
    line.extend_from_slice(cell);
    quote_from(line, start);
}

/// Adds a cell of several texts; there is a cell before it.
fn push_cell_of(line: &mut Vec<u8>, texts: &[impl AsRef<str>]) {
    line.push(b',');
    let start = line.len();
    for (position, text) in texts.iter().enumerate() {
        if position > 0 {
            line.extend_from_slice(b" | ");
        }
        line.extend_from_slice(text.as_ref().as_bytes());
    }
    quote_from(line, start);
}

/// Quotes the last cell, which starts here, where RFC 4180 asks for it.
fn quote_from(line: &mut Vec<u8>, start: usize) {
    let cell = &line[start..];
    if memchr::memchr3(b',', b'"', b'\n', cell).or_else(|| memchr::memchr(b'\r', cell)).is_none() {
        return;
    }
    let bare = line.split_off(start);
    line.push(b'"');
    for byte in bare {
        if byte == b'"' {
            line.push(b'"');
        }
        line.push(byte);
    }
    line.push(b'"');
}

/// The columns that a batch reads, by position in its header.
struct Columns {
    outbound: Option<usize>,
    inbound: Option<usize>,
    linkage: Option<usize>,
    distribution: Option<usize>,
}

impl Columns {
    fn of(header: &csv::ByteRecord, arguments: &ExplainArguments) -> Result<Self, Failure> {
        let find = |name: &str| {
            header.iter().position(|column| column.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
        };
        let columns = Self {
            outbound: find("outbound"),
            inbound: find("inbound"),
            linkage: find("linkage"),
            distribution: find("distribution"),
        };
        let missing = |column: &str, instead: &str| {
            Err(Failure::Use(format!(
                "the CSV header names no `{column}` column; name it, or give {instead}"
            )))
        };
        if columns.inbound.is_none() && arguments.inbound.is_none() {
            return missing("inbound", "the dependency's license as an argument");
        }
        if columns.outbound.is_none() && arguments.outbound.is_none() {
            return missing("outbound", "the project's license with --for");
        }
        Ok(columns)
    }
}

/// Everything a row asks.
struct Question<'a> {
    outbound: Cow<'a, str>,
    inbound: Cow<'a, str>,
    linkage: Result<Linkage, String>,
    distribution: Result<Distribution, String>,
}

fn question<'a>(
    row: &'a csv::ByteRecord,
    columns: &Columns,
    arguments: &'a ExplainArguments,
) -> Question<'a> {
    let cell = |column: Option<usize>| column.and_then(|column| row.get(column)).map(<[u8]>::trim_ascii);
    // An empty license cell is a mistake to report; an empty linkage or distribution takes the default.
    let license = |column: Option<usize>, otherwise: &'a Option<String>| match cell(column) {
        Some(bytes) => String::from_utf8_lossy(bytes),
        None if column.is_some() => Cow::Borrowed(""),
        None => Cow::Borrowed(otherwise.as_deref().unwrap_or_default()),
    };
    let word =
        |column: Option<usize>| cell(column).filter(|bytes| !bytes.is_empty()).map(String::from_utf8_lossy);
    Question {
        outbound: license(columns.outbound, &arguments.outbound),
        inbound: license(columns.inbound, &arguments.inbound),
        linkage: word(columns.linkage).map_or(Ok(arguments.linkage), |word| parse_linkage(&word)),
        distribution: word(columns.distribution)
            .map_or(Ok(arguments.distribution), |word| parse_distribution(&word)),
    }
}

/// One dependency, or several that are judged together.
enum Dependencies {
    One(InboundExpression, String),
    Together(Vec<(InboundExpression, String)>),
}

/// What was read and answered before.
struct Memory<'a> {
    law: &'a Law,
    inbound_numbers: HashMap<String, u32>,
    inbound: Vec<Result<Dependencies, String>>,
    outbound_numbers: HashMap<String, u32>,
    outbound: Vec<Result<OutboundExpression, String>>,
    /// Answers as they are written, one behind the other.
    written: Vec<u8>,
    answers: HashMap<(u32, u32, Situation), Range<usize>>,
    all_understood: bool,
}

impl<'a> Memory<'a> {
    fn new(law: &'a Law) -> Self {
        Self {
            law,
            inbound_numbers: HashMap::default(),
            inbound: Vec::new(),
            outbound_numbers: HashMap::default(),
            outbound: Vec::new(),
            written: Vec::new(),
            answers: HashMap::default(),
            all_understood: true,
        }
    }

    /// Adds the cells of the answer to a row.
    fn answer(&mut self, question: &Question<'_>, line: &mut Vec<u8>) {
        let situation = match (&question.linkage, &question.distribution) {
            (Ok(linkage), Ok(distribution)) => Situation::new(*linkage, *distribution),
            (Err(reason), _) | (_, Err(reason)) => {
                self.all_understood = false;
                return push_answer(line, Err(reason));
            }
        };
        let key = (self.inbound(&question.inbound), self.outbound(&question.outbound), situation);
        if let Some(known) = self.answers.get(&key) {
            return line.extend_from_slice(&self.written[known.clone()]);
        }
        let start = line.len();
        match ask(self.law, &self.inbound[key.0 as usize], &self.outbound[key.1 as usize], situation) {
            Ok(answer) => push_answer(line, Ok(&answer)),
            Err(reason) => {
                self.all_understood = false;
                push_answer(line, Err(reason));
            }
        }
        if self.answers.len() < MOST_ANSWERS {
            let from = self.written.len();
            self.written.extend_from_slice(&line[start..]);
            self.answers.insert(key, from..self.written.len());
        }
    }

    fn inbound(&mut self, text: &str) -> u32 {
        if let Some(number) = self.inbound_numbers.get(text) {
            return *number;
        }
        let number = self.inbound.len() as u32;
        self.inbound.push(dependencies(self.law, text));
        self.inbound_numbers.insert(text.to_owned(), number);
        number
    }

    fn outbound(&mut self, text: &str) -> u32 {
        if let Some(number) = self.outbound_numbers.get(text) {
            return *number;
        }
        let number = self.outbound.len() as u32;
        let read = expression(text).map(|parsed| OutboundExpression::new(self.law, &parsed));
        self.outbound.push(read.map_err(|failure| failure.to_string()));
        self.outbound_numbers.insert(text.to_owned(), number);
        number
    }
}

fn dependencies(law: &Law, text: &str) -> Result<Dependencies, String> {
    let one = |text: &str| {
        let parsed = expression(text).map_err(|failure| failure.to_string())?;
        Ok((InboundExpression::new(law, &parsed), parsed.to_string()))
    };
    if !text.contains(TOGETHER) {
        return one(text).map(|(inbound, text)| Dependencies::One(inbound, text));
    }
    text.split(TOGETHER).map(one).collect::<Result<_, String>>().map(Dependencies::Together)
}

fn ask<'a>(
    law: &Law,
    inbound: &'a Result<Dependencies, String>,
    outbound: &'a Result<OutboundExpression, String>,
    situation: Situation,
) -> Result<Explanation, &'a str> {
    let project = outbound.as_ref().map_err(String::as_str)?;
    match inbound.as_ref().map_err(String::as_str)? {
        Dependencies::One(inbound, text) => Ok(answer(law, inbound, text, project, situation)),
        Dependencies::Together(all) => Ok(explain_together(law, all, project, situation)),
    }
}

fn push_answer(line: &mut Vec<u8>, answered: Result<&Explanation, &str>) {
    match answered {
        Ok(answer) => {
            push_cell_of(line, &[answer.verdict.name()]);
            push_cell_of(line, &[answer.effective_outbound.0.as_deref().unwrap_or_default()]);
            push_cell_of(line, &answer.conditions);
            push_cell_of(line, &answer.obligations);
            push_cell_of(line, &[&answer.reason]);
            push_cell_of(line, &answer.authority);
            push_cell_of(line, &[answer.basis.name()]);
            push_cell_of(line, &[&answer.chosen]);
        }
        // Terms that cannot be read are not known; never compatible, never incompatible.
        Err(reason) => {
            [Verdict::Unknown.name(), "", "", "", reason, "", "", ""]
                .iter()
                .for_each(|cell| push_cell_of(line, &[cell]));
        }
    }
}

fn csv_failure(error: csv::Error) -> Failure {
    Failure::Use(format!("standard input is not CSV: {error}"))
}
