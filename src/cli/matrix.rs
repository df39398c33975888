//! `licgraph matrix`: the compatibility matrix.

use super::exit::ExitStatus;
use super::explain::{parse_distribution, parse_linkage};
use super::input::{Failure, expression};
use super::output;
use super::stated::StatedTerms;
use crate::compatibility::{Law, Matrix, Situation, coverage, matrix};
use crate::licenses::catalogue;
use crate::model::{Basis, Distribution, Expression, Linkage, Verdict};
use clap::{Args, ValueEnum};
use std::fmt::Write;
use std::path::PathBuf;

/// Print the compatibility matrix.
#[derive(Debug, Args)]
#[command(
    after_help = "Rows are dependencies, columns the project's license.\n\nExamples:\n  licgraph matrix MIT \
Apache-2.0 GPL-2.0-only GPL-3.0-only\n  licgraph matrix --all --format csv --output matrix.csv\n  licgraph matrix \
--coverage"
)]
pub struct MatrixArguments {
    /// License expressions, your own licenses of licgraph.toml among them; none for the popular licenses.
    #[arg(value_name = "IDS")]
    licenses: Vec<String>,
    /// Every license of the SPDX list.
    #[arg(long, conflicts_with = "licenses")]
    all: bool,
    /// How each dependency is joined.
    #[arg(long, default_value = "static", value_parser = parse_linkage)]
    linkage: Linkage,
    /// How the work reaches people.
    #[arg(long, default_value = "binary", value_parser = parse_distribution)]
    distribution: Distribution,
    /// Print how many cells are answered by explicit rule, by clause, by class, and unknown.
    #[arg(long, conflicts_with_all = ["licenses", "all"])]
    coverage: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write to a file.
    #[arg(long, short)]
    output: Option<PathBuf>,
    #[command(flatten)]
    stated: StatedTerms,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
    Html,
}

/// Runs the command.
pub fn run(arguments: &MatrixArguments) -> Result<ExitStatus, Failure> {
    let law = arguments.stated.law()?;
    let situation = Situation::new(arguments.linkage, arguments.distribution);
    let text = if arguments.coverage {
        coverage_text(&law)
    } else {
        let computed = matrix(&law, &chosen(arguments)?, situation);
        match arguments.format {
            Format::Table => table(&computed),
            Format::Csv => csv_text(&computed)?,
            Format::Json => json(&computed, situation)?,
            Format::Html => html(&computed, situation),
        }
    };
    output::write(text.as_bytes(), arguments.output.as_deref())?;
    Ok(ExitStatus::Clean)
}

fn chosen(arguments: &MatrixArguments) -> Result<Vec<Expression>, Failure> {
    if arguments.all {
        let all =
            (0..catalogue::licenses().len()).map(|index| Expression::license(catalogue::license_at(index)));
        return Ok(all.collect());
    }
    if arguments.licenses.is_empty() {
        return Ok(catalogue::popular().map(Expression::license).collect());
    }
    arguments.licenses.iter().map(|text| expression(text)).collect()
}

fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Compatible => "yes",
        Verdict::Conditional => "if",
        Verdict::Unknown => "?",
        Verdict::Incompatible => "no",
    }
}

/// Columns are numbered, so that any number of licenses fits.
fn table(matrix: &Matrix) -> String {
    let widest = matrix.ids.iter().map(String::len).max().unwrap_or(0);
    let mut text = String::new();
    let _ = write!(text, "{:>width$}  ", "dependency (row) in project (column)", width = widest + 4);
    text.push('\n');
    let _ = write!(text, "{:width$}", "", width = widest + 5);
    for number in 1..=matrix.ids.len() {
        let _ = write!(text, "{number:>4}");
    }
    text.push('\n');
    for (number, (id, row)) in matrix.ids.iter().zip(&matrix.rows).enumerate() {
        let _ = write!(text, "{:>4} {id:<widest$}", number + 1);
        for verdict in row {
            let _ = write!(text, "{:>4}", sign(*verdict));
        }
        text.push('\n');
    }
    text.push_str("yes compatible, if conditional, no incompatible, ? unknown\n");
    text
}

fn csv_text(matrix: &Matrix) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failure = |error: csv::Error| Failure::Use(format!("cannot write CSV: {error}"));
    writer
        .write_record(std::iter::once("inbound").chain(matrix.ids.iter().map(String::as_str)))
        .map_err(failure)?;
    for (id, row) in matrix.ids.iter().zip(&matrix.rows) {
        writer
            .write_record(std::iter::once(id.as_str()).chain(row.iter().map(|verdict| verdict.name())))
            .map_err(failure)?;
    }
    let bytes = writer.into_inner().map_err(|error| Failure::Use(format!("cannot write CSV: {error}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn json(matrix: &Matrix, situation: Situation) -> Result<String, Failure> {
    let value = serde_json::json!({
        "linkage": situation.linkage,
        "distribution": situation.distribution,
        "licenses": matrix.ids,
        "verdicts": matrix.rows,
    });
    serde_json::to_string(&value)
        .map(|text| text + "\n")
        .map_err(|error| Failure::Use(format!("cannot write JSON: {error}")))
}

fn html(matrix: &Matrix, situation: Situation) -> String {
    let mut text = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>License compatibility</title>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>\n\
         body{font:14px/1.4 system-ui,sans-serif;margin:1rem}table{border-collapse:collapse}\n\
         th,td{padding:.2rem .5rem;text-align:center;border:1px solid #8884}\
         th[scope=col]{writing-mode:vertical-rl;text-align:left}th[scope=row]{text-align:left;white-space:nowrap}\n\
         .compatible{background:#d7f0dd;color:#0b3d1d}.conditional{background:#fbeec4;color:#4a3600}\
         .incompatible{background:#f8d4d2;color:#5c0f0c}.unknown{background:#e4e4e7;color:#333}\n\
         </style></head><body>\n<h1>License compatibility</h1>\n",
    );
    let _ = writeln!(
        text,
        "<p>Rows: license of a dependency. Columns: license of the project. Linkage {}, distribution {}.</p><table><tr><td></td>",
        situation.linkage, situation.distribution
    );
    for id in &matrix.ids {
        let _ = write!(text, "<th scope=\"col\">{}</th>", escape(id));
    }
    text.push_str("</tr>\n");
    for (id, row) in matrix.ids.iter().zip(&matrix.rows) {
        let _ = write!(text, "<tr><th scope=\"row\">{}</th>", escape(id));
        for verdict in row {
            let _ = write!(text, "<td class=\"{}\">{}</td>", verdict.name(), sign(*verdict));
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</table></body></html>\n");
    text
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn coverage_text(law: &Law) -> String {
    let mut text = String::from(
        "linkage  distribution    cells  pair-rule  clause    class  unknown  compatible conditional incompatible\n",
    );
    for linkage in Linkage::ALL {
        for distribution in Distribution::ALL {
            let found = coverage(law, Situation::new(linkage, distribution));
            let basis = |basis: Basis| found.basis.get(&basis).copied().unwrap_or(0);
            let verdict = |verdict: Verdict| found.verdicts.get(&verdict).copied().unwrap_or(0);
            let _ = writeln!(
                text,
                "{:<8} {:<12} {:>8} {:>10} {:>7} {:>8} {:>8} {:>11} {:>11} {:>12}",
                linkage.name(),
                distribution.name(),
                found.cells,
                basis(Basis::PairRule),
                basis(Basis::Clause),
                basis(Basis::Class),
                verdict(Verdict::Unknown),
                verdict(Verdict::Compatible),
                verdict(Verdict::Conditional),
                verdict(Verdict::Incompatible),
            );
        }
    }
    text
}
