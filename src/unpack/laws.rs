//! What holds of whatever is packed, for tests and fuzz targets.

use std::io::{self, Cursor, Write};

use super::budget::fault;
use super::{Edit, HEAD, Packed, Packing, Scratch, Text, Visit, read, rewrite};
use crate::model::SkipReason;

/// Deep enough for tests.
const DEPTH: usize = 4;

/// What a packed file holds: of each text, what leads to it, its length and its checksum.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    pub(super) texts: Vec<(Vec<Vec<u8>>, u64, u32)>,
    pub(super) faults: Vec<SkipReason>,
}

impl Contents {
    /// What is found in bytes that are packed; `None` where they are not.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let packing = Packing::of(&bytes[..bytes.len().min(HEAD)])?;
        let mut contents = Self::default();
        read(Packed::File(&mut Cursor::new(bytes)), packing, DEPTH, &mut contents);
        Some(contents)
    }
}

/// Reads a text; gives its length and its checksum.
fn measured(text: &mut Text<'_>) -> (u64, u32) {
    let mut sum = flate2::CrcWriter::new(io::sink());
    let len = io::copy(text, &mut sum).expect("a text never fails");
    (len, sum.crc().sum())
}

impl Visit for Contents {
    fn text(&mut self, members: &[Vec<u8>], text: &mut Text<'_>) {
        let (len, sum) = measured(text);
        self.texts.push((members.to_vec(), len, sum));
        self.faults.extend(text.fault());
    }

    fn frame(&mut self, _: &[Vec<u8>], text: &mut Text<'_>) {
        measured(text);
        self.faults.extend(text.fault());
    }

    fn unread(&mut self, _: &[Vec<u8>], reason: SkipReason) {
        self.faults.push(reason);
    }

    fn is_done(&self) -> bool {
        false
    }
}

/// Packs all anew, as it is.
struct Same;

impl Edit for Same {
    fn text(&mut self, _: &[u8], text: &mut Text<'_>, out: &mut dyn Write) -> io::Result<bool> {
        io::copy(text, out)?;
        Ok(true)
    }

    fn frame(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn refused(&mut self, _: &[Vec<u8>], reason: SkipReason) -> io::Error {
        fault(reason)
    }

    fn in_memory(&self) -> usize {
        1 << 10
    }

    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(Cursor::new(Vec::new())))
    }
}

/// The bytes, packed anew.
pub(super) fn packed_anew(bytes: &[u8]) -> Option<Vec<u8>> {
    let packing = Packing::of(&bytes[..bytes.len().min(HEAD)])?;
    let mut copy = Vec::new();
    rewrite(&mut Cursor::new(bytes), packing, b"", DEPTH, &mut Same, &mut copy).ok()?;
    Some(copy)
}

/// What can be read can be read again once it is packed anew; what cannot is not packed anew.
///
/// # Panics
/// If it is not so.
pub(crate) fn assert_laws(bytes: &[u8]) {
    let Some(contents) = Contents::of(bytes) else { return };
    let Some(copy) = packed_anew(bytes) else { return };
    assert!(contents.faults.is_empty(), "packed anew, although it was not read");
    let again = Contents::of(&copy).expect("what is packed anew is packed");
    assert!(again == contents, "packed anew, it holds something else");
}
