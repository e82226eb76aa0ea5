//! Reports: findings in, bytes out, one worker a format.
//!
//! A report may name only the `model`: it cannot leak what its types cannot hold.

mod baseline;
mod clean;
mod closing;
mod csv;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
mod palette;
mod reporter;
#[cfg(test)]
mod sample;
mod sarif;
mod several;
mod shortlist;
mod tally;
#[cfg(test)]
mod tests;
mod words;

use std::io::Write;

pub use baseline::write_baseline;
pub use clean::visible;
pub use closing::closing;
pub use reporter::{Reporter, Style};
pub use several::several;

/// A format that findings can be reported in.
#[derive(Debug)]
pub struct Format {
    /// What `--format` calls it.
    pub name: &'static str,
    /// What it is for, in a few words.
    pub about: &'static str,
    make: for<'a> fn(Box<dyn Write + Send + 'a>, Style) -> Box<dyn Reporter + 'a>,
}

/// All formats. A new one is a file in this folder and a row here.
pub static REPORTERS: &[Format] = &[
    Format {
        name: "text",
        about: "for people, grouped by file",
        make: |out, style| Box::new(human::Human::new(out, style)),
    },
    Format { name: "json", about: "one object: findings and summary", make: |out, _| Box::new(json::Json::new(out)) },
    Format {
        name: "jsonl",
        about: "one finding a line, the summary last",
        make: |out, _| Box::new(json::JsonLines::new(out)),
    },
    Format { name: "sarif", about: "SARIF 2.1.0, for code scanning", make: |out, _| Box::new(sarif::Sarif::new(out)) },
    Format {
        name: "github",
        about: "the log of a GitHub workflow, with annotations",
        make: |out, _| Box::new(github::GitHub::new(out)),
    },
    Format {
        name: "gitlab",
        about: "a secret detection report for GitLab",
        make: |out, _| Box::new(gitlab::GitLab::new(out)),
    },
    Format {
        name: "junit",
        about: "JUnit XML: each finding a failed test",
        make: |out, _| Box::new(junit::JUnit::new(out)),
    },
    Format {
        name: "csv",
        about: "a line for each finding, for spreadsheets",
        make: |out, _| Box::new(csv::Csv::new(out)),
    },
    Format { name: "html", about: "one page to read, search and print", make: |out, _| Box::new(html::Html::new(out)) },
    Format {
        name: "markdown",
        about: "a summary for a step, comment or chat",
        make: |out, _| Box::new(markdown::Markdown::new(out)),
    },
];

impl Format {
    /// The format of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        REPORTERS.iter().find(|format| format.name == name)
    }

    /// A report in this format, written to `out`, which does well to be buffered: reports write in small pieces.
    pub fn open<'a>(&self, out: Box<dyn Write + Send + 'a>, style: Style) -> Box<dyn Reporter + 'a> {
        (self.make)(out, style)
    }
}
