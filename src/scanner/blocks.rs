//! A stream as the blocks it is searched in.

use std::io::{self, Read};

use crate::checks::{BLOCK, MARGIN, Window};

/// Makes room for a block and its margins; zeroed pages cost nothing until they are written.
pub(super) fn room(buffer: &mut Vec<u8>) -> &mut [u8] {
    if buffer.is_empty() {
        *buffer = vec![0; BLOCK + 2 * MARGIN];
    }
    buffer
}

/// Reads a stream block by block, to its end.
pub(super) struct Blocks<R> {
    stream: R,
    /// What the next block sees of what was read already, and where that begins in the stream.
    carry: Vec<u8>,
    base: u64,
    /// Where in the carry the next block begins.
    own: usize,
    /// Nothing more comes, or an error.
    end: Option<io::Result<()>>,
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(stream: R) -> Self {
        Self { stream, carry: Vec::new(), base: 0, own: 0, end: None }
    }

    /// The next block with its margins, in `buffer`. `None` behind the last.
    pub(super) fn next<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Option<Window<'b>> {
        let buffer = room(buffer);
        let carried = self.carry.len();
        buffer[..carried].copy_from_slice(&self.carry);
        let (base, own_start) = (self.base, self.own);
        let filled = carried + self.fill(&mut buffer[carried..own_start + BLOCK + MARGIN]);
        let own_end = filled.min(own_start + BLOCK);
        if own_start == own_end {
            return None;
        }
        let kept = own_end.saturating_sub(MARGIN);
        self.carry.clear();
        self.carry.extend_from_slice(&buffer[kept..filled]);
        self.base += kept as u64;
        self.own = own_end - kept;
        Some(Window { bytes: &buffer[..filled], base, own_start, own_end })
    }

    /// Fills the buffer unless the stream ends before.
    fn fill(&mut self, buffer: &mut [u8]) -> usize {
        let mut filled = 0;
        while filled < buffer.len() && self.end.is_none() {
            match self.stream.read(&mut buffer[filled..]) {
                Ok(0) => self.end = Some(Ok(())),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.end = Some(Err(error)),
            }
        }
        filled
    }

    /// The error that ended it, if one did.
    pub(super) fn error(self) -> Option<io::Error> {
        self.end?.err()
    }
}
