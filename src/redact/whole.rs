//! A text in memory: its leaks, its edits, and the proof that the copy is what it should be.

use std::io::{self, Write};

use super::document::{Document, prove_lines};
use super::edit::Edit;
use super::plan::{Plan, Read};
use super::refusal::Refusal;
use super::splice::{self, Spliced, Utf16};
use crate::formats;
use crate::model::Placeholder;

/// A text without its secrets: the edits that make it of the original. There is no copy of it in memory.
#[derive(Debug)]
pub(crate) struct Redacted {
    edits: Vec<Edit>,
}

impl Redacted {
    /// Whether anything had to be changed.
    pub(crate) fn is_changed(&self) -> bool {
        !self.edits.is_empty()
    }

    /// Writes the copy; `bytes` is the original.
    pub(crate) fn write(&self, bytes: &[u8], out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        splice::pieces(bytes, &self.edits).try_for_each(|piece| out.write_all(piece))
    }

    /// What stands in it for secrets, in order.
    pub(crate) fn into_placeholders(self) -> impl Iterator<Item = Placeholder> {
        self.edits.into_iter().flat_map(|edit| edit.placeholders)
    }
}

/// How the bytes of a text are to be understood.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind<'k> {
    /// As a file of this name.
    File(&'k [u8]),
    /// As lines.
    Lines,
}

/// Whether a file that begins like this is no text.
fn is_binary(head: &[u8]) -> bool {
    const HEAD: usize = 8 << 10;
    head[..head.len().min(HEAD)].contains(&0)
}

/// Whether a file of this name that begins like this is redacted line by line, so that a [`super::Writer`] makes the same of it. Where that
/// is not sure, the whole of it tells.
pub(crate) fn are_lines(name: &[u8], head: &[u8]) -> bool {
    !is_binary(head) && !Utf16::is_marked(head) && formats::are_lines(name, head)
}

impl Plan<'_> {
    /// Redacts a text. The result was searched again, and is of the same shape.
    pub(crate) fn redact(&self, bytes: &[u8], kind: Kind<'_>) -> Result<Redacted, Refusal> {
        self.edits_of(bytes, kind).map(|edits| Redacted { edits })
    }

    fn edits_of(&self, bytes: &[u8], kind: Kind<'_>) -> Result<Vec<Edit>, Refusal> {
        let leaks = self.leaks(bytes)?;
        if leaks.is_empty() {
            return Ok(Vec::new());
        }
        let Kind::File(name) = kind else {
            let edits = self.edits(bytes, leaks, Read::Lines)?;
            return prove_lines(bytes, &edits).map(|()| edits);
        };
        if let Some((order, text)) = Utf16::read(bytes) {
            return self.edits_of_wide(order, &text, bytes, name);
        }
        if is_binary(bytes) {
            return self.edits(bytes, leaks, Read::Fixed);
        }
        let mut document = Document::named(name);
        let edits = self.edits(bytes, leaks, Read::Document(&mut document))?;
        document.prove(bytes, &edits).map(|()| edits)
    }

    /// Redacts what a text in UTF-16 says, and searches it once more as it is stored.
    fn edits_of_wide(&self, order: Utf16, text: &str, stored: &[u8], name: &[u8]) -> Result<Vec<Edit>, Refusal> {
        let edits = self.edits_of(text.as_bytes(), Kind::File(name))?;
        // Seen only where it is stored: then it is edited there.
        if edits.is_empty() {
            return self.edits_of(stored, Kind::Lines);
        }
        let edits = order.edits(text, edits);
        let copy = Spliced::new(stored, &edits);
        if self.leaks_of(&copy, 0..copy.len())?.is_empty() { Ok(edits) } else { Err(Refusal::Persistent) }
    }
}
