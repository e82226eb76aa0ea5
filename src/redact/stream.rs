//! Redaction of a stream: what comes in goes out without its secrets, delayed by no more than is needed to see them whole.

use std::fmt;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::edit::Edit;
use super::plan::Plan;
use super::record::RECORD;
use super::window::{Counts, Emission};
use crate::model::{Placeholder, RuleId};

/// Bytes that are searched at once where they come fast.
const OWN: usize = 2 << 20;

/// Writes to `W` what is written to it, redacted as lines: JSON, or text. The result is that of the whole text, however it is cut.
///
/// [`Write::flush`] says that the input pauses: then all goes out but what may be the beginning of a secret: a line that has not
/// ended, an open key block, the first lines of a known value. Call [`Writer::finish`] at the end; what was not written by then is lost, and never let out unseen.
pub struct Writer<'r, W: Write> {
    plan: Plan<'r>,
    out: W,
    /// What was written last, and what is still to be written.
    text: Vec<u8>,
    /// Offset of `text[0]` in the stream, a multiple of 64.
    base: u64,
    /// Up to here the text is written.
    done: usize,
    emission: Emission,
}

impl<'r, W: Write> Writer<'r, W> {
    pub(crate) fn new(plan: Plan<'r>, out: W) -> Self {
        Self { plan, out, text: Vec::new(), base: 0, done: 0, emission: Emission::default() }
    }

    /// Writes all that is left.
    ///
    /// # Errors
    /// Those of the writer below.
    pub fn finish(mut self) -> io::Result<Written> {
        self.release(self.text.len())?;
        self.out.flush()?;
        Ok(Written(self.emission.counts))
    }

    /// Writes the text up to `end`.
    fn release(&mut self, end: usize) -> io::Result<()> {
        let edits = self.edits(end);
        self.write_out(end, &edits)
    }

    /// The edits that begin before `end`. Where they cannot be told, all goes.
    fn edits(&self, end: usize) -> Vec<Edit> {
        let own = self.done..end;
        let planned = catch_unwind(AssertUnwindSafe(|| self.plan.window(&self.text, &own)));
        if let Ok(Ok(edits)) = planned {
            return edits;
        }
        let placeholder = Placeholder { rule: RuleId::new(RECORD), tag: None };
        let text = format!("{placeholder}\n").into_bytes();
        vec![Edit { span: own, text, placeholders: vec![placeholder] }]
    }

    fn write_out(&mut self, end: usize, edits: &[Edit]) -> io::Result<()> {
        self.emission.write(&self.text, self.base, end, edits, &mut self.out)?;
        self.done = end;
        // What was written is still what stands around the next.
        let past = self.done.saturating_sub(self.plan.margin()) / 64 * 64;
        if past > 0 {
            self.text.drain(..past);
            self.base += past as u64;
            self.done -= past;
        }
        Ok(())
    }

    /// Writes what cannot be a part of something that is still to come.
    fn pause(&mut self) -> io::Result<()> {
        let whole = settled(&self.text[self.done..]);
        let end = self.done + self.plan.find.settled(&self.text[self.done..self.done + whole]);
        if end == self.done {
            return Ok(());
        }
        let mut edits = self.edits(end);
        // What reaches behind the end waits for its rest.
        let end = edits.iter().find(|edit| edit.span.end > end).map_or(end, |edit| edit.span.start);
        edits.retain(|edit| edit.span.start < end);
        self.write_out(end, &edits)
    }
}

impl<W: Write> Write for Writer<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = &bytes[..bytes.len().min(OWN)];
        self.text.extend_from_slice(taken);
        while self.text.len() - self.done >= OWN + self.plan.margin() {
            self.release(self.done + OWN)?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pause()?;
        self.out.flush()
    }
}

impl<W: Write> fmt::Debug for Writer<'_, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writer({} bytes held back)", self.text.len() - self.done)
    }
}

/// What a stream was found to hold.
#[derive(Clone, Debug)]
pub struct Written(Counts);

impl Written {
    /// Each placeholder, and how often it was written.
    #[cfg_attr(not(feature = "unpack"), allow(dead_code, reason = "without the feature nothing is unpacked"))]
    pub(crate) fn into_counts(self) -> Counts {
        self.0
    }

    /// Places that hold a placeholder.
    pub fn placeholders(&self) -> u64 {
        self.0.values().sum()
    }

    /// Records that are gone whole, because they could not be redacted so that they are clean and what they were.
    pub fn lost(&self) -> u64 {
        self.0.iter().filter(|(placeholder, _)| placeholder.rule.as_str() == RECORD).map(|(_, count)| count).sum()
    }
}

/// How a block of several lines begins, and how it ends.
const BLOCKS: &[(&[u8], &[u8])] = &[
    (b"-----BEGIN ", b"-----END "),
    (b"PuTTY-User-Key-File-", b"Private-MAC"),
    (b"PuTTY-User-Key-File-", b"Private-Hash"),
];

/// No block is longer.
const LONGEST_BLOCK: usize = 20 << 10;

/// How much of a text is whole: its lines, but not those of an open block, or of something encoded that may go on.
fn settled(text: &[u8]) -> usize {
    let mut end = memchr::memrchr(b'\n', text).map_or(0, |at| at + 1);
    if is_prompt(&text[end..]) {
        end = text.len();
    }
    let from = end.saturating_sub(LONGEST_BLOCK);
    let finder = |mark| move |text: &[u8]| memchr::memmem::rfind(text, mark);
    let line_start = |at: usize| memchr::memrchr(b'\n', &text[..at]).map_or(0, |at| at + 1);
    for &(head, foot) in BLOCKS {
        let Some(open) = finder(head)(&text[from..end]).map(|at| from + at) else { continue };
        if finder(foot)(&text[open..end]).is_none() {
            end = line_start(open);
        }
    }
    // Lines of base64 or hex.
    let from = end.saturating_sub(LONGEST_BLOCK);
    while end > from {
        let start = line_start(end - 1);
        if !is_encoded(text[start..end].trim_ascii()) {
            break;
        }
        end = start;
    }
    end
}

/// Whether a line has not ended because somebody waits for an answer.
fn is_prompt(line: &[u8]) -> bool {
    let asked = line.strip_suffix(b" ").unwrap_or(line);
    line.len() <= 256 && matches!(asked.last(), Some(b':' | b'?' | b'>' | b'$' | b'#' | b'%' | b']' | b')'))
}

/// Whether a line may be one of several of something encoded.
fn is_encoded(line: &[u8]) -> bool {
    const SHORTEST: usize = 40;
    line.len() >= SHORTEST && line.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=-_".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_go_on_is_held_back() {
        let line = "Ab1+".repeat(16);
        // `|` marks how far it is settled.
        for text in [
            "a\nb\n|c".to_owned(),
            "|abc def".into(),
            "a\nContinue? [y/N] |".into(),
            "$ |".into(),
            "a\n|-----BEGIN X KEY-----\nabc\n".into(),
            "a\n-----BEGIN X KEY-----\nabc\n-----END X KEY-----\nb\n|".into(),
            format!("a\n|{line}\n{line}\n"),
            format!("a\n{line} b\n|{line}\n"),
            "|".into(),
        ] {
            let (settled_text, rest) = text.split_once('|').unwrap();
            assert_eq!(settled(format!("{settled_text}{rest}").as_bytes()), settled_text.len(), "{text}");
        }
    }
}
