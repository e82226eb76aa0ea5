//! One layer: the decoded regions of one encoding, and the way back to where they are stored.

use std::ops::Range;

use super::scout::STRIDE;
use crate::raw::OffsetMap;

/// Stands between regions, so that nothing matches across them.
const SEPARATOR: &[u8; 3] = b"\n\0\n";

/// All regions of a text that were decoded from one encoding, as one text.
#[derive(Default)]
pub(crate) struct Layer {
    bytes: Vec<u8>,
    map: OffsetMap,
}

impl Layer {
    /// The decoded regions, separated by `\n\0\n`.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Leads from the decoded bytes to the stored ones.
    pub(crate) fn map(&self) -> &OffsetMap {
        &self.map
    }

    /// Forgets everything, keeping the memory.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.map.clear();
    }

    /// Starts the next region, stored from `at` on. Its place in the layer is as good as `place`: what is found inside it does not depend
    /// on what was decoded before.
    pub(super) fn begin(&mut self, at: usize, place: usize) {
        let begun = self.bytes.len();
        if begun > 0 {
            self.bytes.extend_from_slice(SEPARATOR);
        }
        let fill = place.wrapping_sub(self.bytes.len()) % STRIDE;
        self.bytes.resize(self.bytes.len() + fill, b'\n');
        let len = self.bytes.len() - begun;
        self.map.push(len, at, (len as u8, 0));
    }

    /// Takes stored bytes as they are.
    pub(super) fn copy(&mut self, stored: &[u8], range: Range<usize>) {
        self.map.push(range.len(), range.start, (1, 1));
        self.bytes.extend_from_slice(&stored[range]);
    }

    /// Adds one indivisible unit: `text`, stored in `len` bytes from `at` on.
    pub(super) fn put(&mut self, text: &[u8], at: usize, len: usize) {
        self.map.push(text.len(), at, (text.len() as u8, len as u8));
        self.bytes.extend_from_slice(text);
    }

    /// Adds bytes each of which is stored in `len` bytes, from `at` on.
    pub(super) fn singles(&mut self, at: usize, len: usize, bytes: impl Iterator<Item = u8>) {
        let begun = self.bytes.len();
        self.bytes.extend(bytes);
        self.map.push(self.bytes.len() - begun, at, (1, len as u8));
    }

    /// Takes back the last `len` bytes.
    pub(super) fn take_back(&mut self, len: usize) {
        self.bytes.truncate(self.bytes.len() - len);
        self.map.take_back(len);
    }

    /// Makes room for `count` units stored from `at` on, each of `unit.0` bytes decoded from `unit.1` stored ones.
    pub(super) fn units(&mut self, count: usize, at: usize, unit: (u8, u8)) -> &mut [u8] {
        let start = self.bytes.len();
        let len = count * usize::from(unit.0);
        self.map.push(len, at, unit);
        self.bytes.resize(start + len, 0);
        &mut self.bytes[start..]
    }
}
