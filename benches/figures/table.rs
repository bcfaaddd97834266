//! Samples become percentiles, percentiles become rows, rows become a table for the terminal and for Markdown.
//!
//! It judges nothing beyond "at most the bar"; what is measured and why the bar is where it is stands in the sections.

use std::fmt::Write;
use std::time::Duration;

use kiosk::demo::office::Failure;

/// Durations of one operation, sorted.
pub struct Spans(Vec<Duration>);

impl Spans {
    /// # Errors
    /// There is no percentile of nothing.
    pub fn of(mut spans: Vec<Duration>) -> Result<Self, Failure> {
        if spans.is_empty() {
            return Err("no sample was taken".into());
        }
        spans.sort_unstable();
        Ok(Self(spans))
    }

    /// The nearest-rank percentile: the smallest sample that `percent` of all samples do not exceed.
    pub fn at(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100).clamp(1, self.0.len());
        self.0[rank - 1]
    }

    pub fn worst(&self) -> Duration {
        self.at(100)
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// `p50 / p95 / p99 (n)`.
    pub fn three(&self) -> String {
        format!("p50 {} / p95 {} / p99 {} ({} samples)", show(self.at(50)), show(self.at(95)), show(self.at(99)), self.count())
    }

    /// `p50 … p95 …`, for the column of peers.
    pub fn two(&self) -> String {
        format!("p50 {}, p95 {}", show(self.at(50)), show(self.at(95)))
    }
}

/// A duration in the unit a person would choose.
pub fn show(span: Duration) -> String {
    match span.as_nanos() {
        0..1_000_000 => format!("{:.1} µs", span.as_secs_f64() * 1e6),
        1_000_000..1_000_000_000 => format!("{:.1} ms", span.as_secs_f64() * 1e3),
        _ => format!("{:.2} s", span.as_secs_f64()),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Met,
    Missed,
    /// A figure that explains another one and has no bar of its own.
    NoBar,
    NotMeasured,
}

impl Verdict {
    pub fn of(is_met: bool) -> Self {
        if is_met { Self::Met } else { Self::Missed }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "MISSED",
            Self::NoBar => "-",
            Self::NotMeasured => "NOT MEASURED",
        }
    }
}

/// One figure.
pub struct Row {
    pub what: String,
    pub measured: String,
    pub bar: String,
    pub verdict: Verdict,
    /// A peer or a raw limit of the same run.
    pub beside: String,
}

impl Row {
    /// A figure that explains another one.
    pub fn without_bar(what: &str, measured: String, beside: String) -> Self {
        Self { what: what.into(), measured, bar: "-".into(), verdict: Verdict::NoBar, beside }
    }

    pub fn not_measured(section: &str, reason: &str) -> Self {
        Self { what: section.into(), measured: reason.into(), bar: String::new(), verdict: Verdict::NotMeasured, beside: String::new() }
    }
}

/// The whole report.
pub struct Table {
    about: Vec<String>,
    rows: Vec<Row>,
}

impl Table {
    pub fn new(about: Vec<String>) -> Self {
        Self { about, rows: Vec::new() }
    }

    pub fn extend(&mut self, rows: impl IntoIterator<Item = Row>) {
        self.rows.extend(rows);
    }

    pub fn note(&mut self, line: &str) {
        self.about.push(line.to_owned());
    }

    /// One block per figure: a terminal is too narrow for five columns of sentences.
    pub fn for_terminal(&self) -> String {
        let mut text = String::new();
        for line in &self.about {
            writeln!(text, "{line}").expect("writing to a string cannot fail");
        }
        for row in &self.rows {
            writeln!(text, "\n{:<12} {}", row.verdict.word(), row.what).expect("writing to a string cannot fail");
            for (label, value) in [("measured", &row.measured), ("bar", &row.bar), ("beside", &row.beside)] {
                if !value.is_empty() && value != "-" {
                    writeln!(text, "    {label:<9}{value}").expect("writing to a string cannot fail");
                }
            }
        }
        text
    }

    pub fn for_markdown(&self) -> String {
        let mut text = String::from("# Figures\n\nWritten by `make bench`; a figure is only true for the machine it was measured on.\n\n");
        for line in &self.about {
            writeln!(text, "- {line}").expect("writing to a string cannot fail");
        }
        text.push_str("\n| what | measured | bar | verdict | beside, in the same run |\n| --- | --- | --- | --- | --- |\n");
        for row in &self.rows {
            let cells =
                [&row.what, &row.measured, &row.bar, &row.verdict.word().to_owned(), &row.beside].map(|cell| cell.replace('|', "\\|").replace('\n', " "));
            writeln!(text, "| {} |", cells.join(" | ")).expect("writing to a string cannot fail");
        }
        text
    }
}
