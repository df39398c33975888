//! `licgraph explain`: one question, or a table of them.

use super::exit::ExitStatus;
use super::input::{Failure, expression};
use super::output;
use crate::compatibility::{
    Explanation, InboundExpression, Law, OutboundExpression, Situation, answer as answer_one, explain,
    explain_together,
};
use crate::model::{Distribution, Linkage, Verdict};
use clap::{Args, ValueEnum};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::rc::Rc;

/// What separates dependencies that are judged together.
const TOGETHER: &str = " ; ";

/// A question about licenses.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  licgraph explain GPL-3.0-only --for MIT\n  licgraph explain 'LGPL-2.1-or-later' \
--for Apache-2.0 --linkage static\n  licgraph explain 'GPL-2.0-only ; Apache-2.0' --for GPL-2.0-or-later\n  \
licgraph explain --batch < questions.csv"
)]
pub struct ExplainArguments {
    /// The dependency's license expression; several separated by ` ; ` are judged together.
    #[arg(value_name = "DEP-EXPR", required_unless_present = "batch")]
    inbound: Option<String>,
    /// The project's license expression.
    #[arg(long = "for", value_name = "PROJECT-EXPR", required_unless_present = "batch")]
    outbound: Option<String>,
    /// How the dependency is joined: merge, static, dynamic, process, build or dev.
    #[arg(long, default_value = "static", value_parser = parse_linkage)]
    linkage: Linkage,
    /// How the work reaches people: binary, source, network or internal.
    #[arg(long, default_value = "binary", value_parser = parse_distribution)]
    distribution: Distribution,
    /// Read questions as CSV from standard input; a header names any of outbound,inbound,linkage,distribution.
    #[arg(long)]
    batch: bool,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub fn parse_linkage(word: &str) -> Result<Linkage, String> {
    word.parse().map_err(|error: crate::model::UnknownWord| error.to_string())
}

pub fn parse_distribution(word: &str) -> Result<Distribution, String> {
    word.parse().map_err(|error: crate::model::UnknownWord| error.to_string())
}

/// Runs the command. Exit status 1 where the answer is `incompatible` or `unknown`.
pub fn run(arguments: &ExplainArguments) -> Result<ExitStatus, Failure> {
    let law = Law::default();
    if arguments.batch {
        return batch(&law, arguments);
    }
    let inbound = arguments.inbound.as_deref().unwrap_or_default();
    let outbound = arguments.outbound.as_deref().unwrap_or_default();
    let situation = Situation::new(arguments.linkage, arguments.distribution);
    let answer = answer(&law, inbound, outbound, situation)?;
    let text = match arguments.format {
        Format::Json => json(&answer)?,
        Format::Text => sentences(&answer),
    };
    output::write(text.as_bytes(), None)?;
    Ok(if answer.verdict.is_allowed() { ExitStatus::Clean } else { ExitStatus::Findings })
}

fn answer(law: &Law, inbound: &str, outbound: &str, situation: Situation) -> Result<Explanation, Failure> {
    let project = OutboundExpression::new(law, &expression(outbound)?);
    let mut parts = Vec::new();
    for text in inbound.split(TOGETHER) {
        let parsed = expression(text)?;
        parts.push((InboundExpression::new(law, &parsed), parsed.to_string()));
    }
    Ok(match parts.as_slice() {
        [(one, text)] => explain(law, one, text, &project, situation),
        several => explain_together(law, several, &project, situation),
    })
}

fn json(answer: &Explanation) -> Result<String, Failure> {
    serde_json::to_string_pretty(answer)
        .map(|text| text + "\n")
        .map_err(|error| Failure::Use(format!("the answer cannot be written as JSON: {error}")))
}

fn sentences(answer: &Explanation) -> String {
    let mut lines = vec![
        format!("{}: {} in a project under {}", answer.verdict, answer.inbound, answer.outbound),
        format!("  linkage {}, distribution {}", answer.linkage, answer.distribution),
        format!("  {}", answer.reason),
    ];
    if let Some(effective) = &answer.effective_outbound.0 {
        lines.push(format!("  effective outbound: {effective}"));
    }
    if answer.chosen != answer.inbound {
        lines.push(format!("  taken of the choice: {}", answer.chosen));
    }
    lines.extend(answer.conditions.iter().map(|condition| format!("  condition: {condition}")));
    lines.extend(answer.obligations.iter().map(|duty| format!("  obligation: {duty}")));
    lines.push(format!("  authority: {} ({})", authorities(answer), answer.basis.name()));
    lines.extend(answer.remedies.iter().map(|remedy| format!("  way out: {}", remedy.step)));
    lines.push(String::new());
    lines.join("\n")
}

fn authorities(answer: &Explanation) -> String {
    if answer.authority.is_empty() { "the license's class".to_owned() } else { answer.authority.join("; ") }
}

/// The columns that a batch reads, by position in its header.
struct Columns {
    outbound: Option<usize>,
    inbound: Option<usize>,
    linkage: Option<usize>,
    distribution: Option<usize>,
}

/// Everything a row asks.
struct Question<'a> {
    outbound: Cow<'a, str>,
    inbound: Cow<'a, str>,
    linkage: Cow<'a, str>,
    distribution: Cow<'a, str>,
}

impl Question<'_> {
    /// The question as one text, into a buffer that is used again.
    fn key(&self, key: &mut String) {
        key.clear();
        for part in [&self.outbound, &self.inbound, &self.linkage, &self.distribution] {
            key.push_str(part);
            key.push('\n');
        }
    }
}

const ANSWER_COLUMNS: [&str; 8] =
    ["verdict", "effective_outbound", "conditions", "obligations", "reason", "authority", "basis", "chosen"];

/// The position of `basis` among them; empty where the question could not be read.
const BASIS: usize = 6;

/// Answers every row of a CSV on standard input, in order. A row that cannot be read is answered `unknown`, with
/// what is wrong as its reason, and makes the exit status 3.
fn batch(law: &Law, arguments: &ExplainArguments) -> Result<ExitStatus, Failure> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(io::stdin().lock());
    let mut writer =
        csv::WriterBuilder::new().flexible(true).buffer_capacity(1 << 20).from_writer(io::stdout().lock());
    let header = reader.byte_headers().map_err(csv_failure)?.clone();
    let columns = columns(&header, arguments)?;
    let mut written_header = header.clone();
    for column in ANSWER_COLUMNS {
        written_header.push_field(column.as_bytes());
    }
    if let Err(error) = writer.write_byte_record(&written_header) {
        return closed_or(error);
    }
    let mut memory = Memory::new(law);
    let mut all_read = true;
    let mut row = csv::ByteRecord::new();
    let mut answered = csv::ByteRecord::new();
    while reader.read_byte_record(&mut row).map_err(csv_failure)? {
        let cells = memory.answer(&question(&row, &columns, arguments));
        all_read &= !cells[BASIS].is_empty();
        answered.clear();
        row.iter().for_each(|cell| answered.push_field(cell));
        (row.len()..header.len()).for_each(|_| answered.push_field(b""));
        cells.iter().for_each(|cell| answered.push_field(cell.as_bytes()));
        if let Err(error) = writer.write_byte_record(&answered) {
            return closed_or(error);
        }
    }
    match writer.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::File { action: "write", path: "standard output".to_owned(), source: error })
        }
        _ => Ok(if all_read { ExitStatus::Clean } else { ExitStatus::Incomplete }),
    }
}

fn columns(header: &csv::ByteRecord, arguments: &ExplainArguments) -> Result<Columns, Failure> {
    let find = |name: &str| {
        header.iter().position(|column| column.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
    };
    let columns = Columns {
        outbound: find("outbound"),
        inbound: find("inbound"),
        linkage: find("linkage"),
        distribution: find("distribution"),
    };
    if columns.inbound.is_none() && arguments.inbound.is_none() {
        return Err(Failure::Use(
            "the CSV header names no `inbound` column; name it, or give the dependency's license as an argument".to_owned(),
        ));
    }
    if columns.outbound.is_none() && arguments.outbound.is_none() {
        return Err(Failure::Use(
            "the CSV header names no `outbound` column; name it, or give the project's license with --for"
                .to_owned(),
        ));
    }
    Ok(columns)
}

fn question<'a>(
    row: &'a csv::ByteRecord,
    columns: &Columns,
    arguments: &'a ExplainArguments,
) -> Question<'a> {
    let cell = |column: Option<usize>, otherwise: &'a str| -> Cow<'a, str> {
        match column.and_then(|column| row.get(column)) {
            Some(bytes) if !bytes.trim_ascii().is_empty() || column_is_expression(column, columns) => {
                String::from_utf8_lossy(bytes.trim_ascii())
            }
            _ => Cow::Borrowed(otherwise),
        }
    };
    Question {
        outbound: cell(columns.outbound, arguments.outbound.as_deref().unwrap_or_default()),
        inbound: cell(columns.inbound, arguments.inbound.as_deref().unwrap_or_default()),
        linkage: cell(columns.linkage, arguments.linkage.name()),
        distribution: cell(columns.distribution, arguments.distribution.name()),
    }
}

/// An empty license cell is a mistake to report, not a default to fill in.
fn column_is_expression(column: Option<usize>, columns: &Columns) -> bool {
    column.is_some() && (column == columns.outbound || column == columns.inbound)
}

/// What was read and answered before: lock files repeat the same few licenses and questions.
struct Memory<'a> {
    law: &'a Law,
    inbound: HashMap<String, Result<Rc<(InboundExpression, String)>, String>>,
    outbound: HashMap<String, Result<Rc<OutboundExpression>, String>>,
    answers: HashMap<String, Rc<[String]>>,
    key: String,
}

/// More distinct questions than this are answered anew each time.
const MOST_ANSWERS: usize = 100_000;
/// More distinct licenses than this are read anew each time.
const MOST_LICENSES: usize = 500_000;

impl<'a> Memory<'a> {
    fn new(law: &'a Law) -> Self {
        Self {
            law,
            inbound: HashMap::new(),
            outbound: HashMap::new(),
            answers: HashMap::new(),
            key: String::new(),
        }
    }

    fn answer(&mut self, question: &Question<'_>) -> Rc<[String]> {
        let mut key = std::mem::take(&mut self.key);
        question.key(&mut key);
        let answer = match self.answers.get(key.as_str()) {
            Some(known) => known.clone(),
            None => {
                let answer: Rc<[String]> = cells(self.ask(question)).into();
                if self.answers.len() < MOST_ANSWERS {
                    self.answers.insert(key.clone(), answer.clone());
                }
                answer
            }
        };
        self.key = key;
        answer
    }

    fn ask(&mut self, question: &Question<'_>) -> Result<Explanation, String> {
        let situation =
            Situation::new(parse_linkage(&question.linkage)?, parse_distribution(&question.distribution)?);
        let project = self.project(&question.outbound)?;
        if !question.inbound.contains(';') {
            let dependency = self.dependency(&question.inbound)?;
            return Ok(answer_one(self.law, &dependency.0, &dependency.1, &project, situation));
        }
        let mut parts = Vec::new();
        for text in question.inbound.split(TOGETHER) {
            let parsed = expression(text).map_err(|failure| failure.to_string())?;
            parts.push((InboundExpression::new(self.law, &parsed), parsed.to_string()));
        }
        Ok(explain_together(self.law, &parts, &project, situation))
    }

    fn dependency(&mut self, text: &str) -> Result<Rc<(InboundExpression, String)>, String> {
        if let Some(known) = self.inbound.get(text) {
            return known.clone();
        }
        let read = expression(text)
            .map_err(|failure| failure.to_string())
            .map(|parsed| Rc::new((InboundExpression::new(self.law, &parsed), parsed.to_string())));
        if self.inbound.len() < MOST_LICENSES {
            self.inbound.insert(text.to_owned(), read.clone());
        }
        read
    }

    fn project(&mut self, text: &str) -> Result<Rc<OutboundExpression>, String> {
        if let Some(known) = self.outbound.get(text) {
            return known.clone();
        }
        let read = expression(text)
            .map_err(|failure| failure.to_string())
            .map(|parsed| Rc::new(OutboundExpression::new(self.law, &parsed)));
        if self.outbound.len() < MOST_LICENSES {
            self.outbound.insert(text.to_owned(), read.clone());
        }
        read
    }
}

fn cells(answered: Result<Explanation, String>) -> Vec<String> {
    match answered {
        Ok(answer) => vec![
            answer.verdict.name().to_owned(),
            answer.effective_outbound.0.unwrap_or_default(),
            answer.conditions.join(" | "),
            answer.obligations.join(" | "),
            answer.reason,
            answer.authority.join(" | "),
            answer.basis.name().to_owned(),
            answer.chosen,
        ],
        Err(reason) => {
            let mut cells = vec![String::new(); ANSWER_COLUMNS.len()];
            // Terms that cannot be read are not known; never compatible, never incompatible.
            cells[0] = Verdict::Unknown.name().to_owned();
            cells[4] = reason;
            cells
        }
    }
}

fn csv_failure(error: csv::Error) -> Failure {
    Failure::Use(format!("standard input is not CSV: {error}"))
}

fn closed_or(error: csv::Error) -> Result<ExitStatus, Failure> {
    match error.kind() {
        csv::ErrorKind::Io(inner) if inner.kind() == io::ErrorKind::BrokenPipe => Ok(ExitStatus::Clean),
        _ => Err(Failure::Use(format!("cannot write the answers: {error}"))),
    }
}
