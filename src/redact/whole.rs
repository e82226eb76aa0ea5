//! A text in memory: its leaks, its edits, its copy, and the proof that the copy is what it should be.

use super::edit::Edit;
use super::plan::{Plan, Read};
use super::refusal::Refusal;
use super::splice::{self, Utf16};
use super::{record, shape};
use crate::formats::{self, Reading};
use crate::model::Placeholder;

/// A text without its secrets.
#[derive(Debug)]
pub(crate) struct Redacted {
    /// The copy; none where nothing had to be changed.
    pub(crate) bytes: Option<Vec<u8>>,
    /// What stands in it for secrets, in order.
    pub(crate) placeholders: Vec<Placeholder>,
}

/// How the bytes of a text are to be understood.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind<'k> {
    /// As a file of this name.
    File(&'k [u8]),
    /// As lines.
    Lines,
}

/// So much of a file tells whether it is text.
const HEAD: usize = 8 << 10;

impl Plan<'_> {
    /// Redacts a text. The result was searched again, and is of the same shape.
    pub(crate) fn redact(&self, bytes: &[u8], kind: Kind<'_>) -> Result<Redacted, Refusal> {
        let leaks = self.leaks(bytes)?;
        if leaks.is_empty() {
            return Ok(Redacted { bytes: None, placeholders: Vec::new() });
        }
        let Kind::File(name) = kind else {
            let edits = self.edits(bytes, leaks, Read::Lines)?;
            return proven_lines(bytes, edits);
        };
        if let Some((order, text)) = Utf16::read(bytes) {
            return self.redact_wide(order, &text, bytes, name);
        }
        if bytes[..bytes.len().min(HEAD)].contains(&0) {
            let edits = self.edits(bytes, leaks, Read::Fixed)?;
            return Ok(Redacted::new(splice::spliced(bytes, &edits), edits));
        }
        let reading = formats::read(name, bytes);
        if is_lines(&reading) {
            let edits = self.edits(bytes, leaks, Read::Lines)?;
            return proven_lines(bytes, edits);
        }
        let edits = self.edits(bytes, leaks, Read::Document(&reading))?;
        let copy = splice::spliced(bytes, &edits);
        if shape::is_kept(&reading, bytes, &copy, &edits) {
            Ok(Redacted::new(copy, edits))
        } else {
            Err(Refusal::Shape(reading.format.name()))
        }
    }

    /// Redacts what a text in UTF-16 says, and searches it once more as it is stored.
    fn redact_wide(&self, order: Utf16, text: &str, stored: &[u8], name: &[u8]) -> Result<Redacted, Refusal> {
        let Redacted { bytes, placeholders } = self.redact(text.as_bytes(), Kind::File(name))?;
        // Seen only where it is stored: then it is edited there.
        let Some(bytes) = bytes else { return self.redact(stored, Kind::Lines) };
        let copy = order.write(&String::from_utf8_lossy(&bytes));
        if self.leaks(&copy)?.is_empty() {
            Ok(Redacted { bytes: Some(copy), placeholders })
        } else {
            Err(Refusal::Persistent)
        }
    }
}

impl Redacted {
    fn new(copy: Vec<u8>, edits: Vec<Edit>) -> Self {
        Self { bytes: Some(copy), placeholders: edits.into_iter().flat_map(|edit| edit.placeholders).collect() }
    }
}

/// Lines are what they are, each for itself: text, or JSON.
fn is_lines(reading: &Reading) -> bool {
    ["jsonl", formats::PLAIN.name()].contains(&reading.format.name())
}

/// The copy of a text of lines, if each line that was JSON still is, and of the same shape.
fn proven_lines(bytes: &[u8], edits: Vec<Edit>) -> Result<Redacted, Refusal> {
    if record::are_kept(bytes, &edits) {
        Ok(Redacted::new(splice::spliced(bytes, &edits), edits))
    } else {
        Err(Refusal::Shape("JSON lines"))
    }
}
