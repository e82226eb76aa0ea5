//! Reports: findings in, bytes out, one worker a format.
//!
//! A report may name only the `model`: it cannot leak what its types cannot hold.

mod baseline;
mod clean;
mod closing;
mod human;
mod json;
mod palette;
mod reporter;
#[cfg(test)]
mod sample;
mod sarif;
#[cfg(test)]
mod tests;
mod words;

use std::io::Write;

pub use baseline::write_baseline;
pub use clean::visible;
pub use closing::closing;
pub use reporter::{Reporter, Style};

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
