//! A stream as the blocks it is searched in, by one thread or by all.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};

use super::collect::{BlockReport, FileReport};
use super::worker::Worker;
use super::{Scanner, Watch};
use crate::checks::{BLOCK, MARGIN, Window};
use crate::model::Origin;

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

impl Scanner {
    /// Searches a stream with all threads of the pool, while this one reads.
    pub(super) fn read_blocks(
        &self,
        stream: impl Read,
        origin: Origin,
        watch: &Watch,
        pool: &rayon::ThreadPool,
    ) -> FileReport {
        let mut blocks = Blocks::new(stream);
        let queue = Mutex::new(Queue::new(FileReport::new(origin, self.max_findings)));
        // As many blocks are under way as there are buffers.
        let (free, used) = channel();
        (0..2 * pool.current_num_threads()).for_each(|_| drop(free.send(Vec::new())));
        pool.in_place_scope(|scope| {
            for (index, mut buffer) in (0..).zip(used) {
                let Some(Window { bytes, base, own_start, own_end }) = blocks.next(&mut buffer) else { break };
                let (len, queue, free) = (bytes.len(), &queue, free.clone());
                scope.spawn(move |_| {
                    let window = Window { bytes: &buffer[..len], base, own_start, own_end };
                    let report = Worker::with(|worker| worker.search.block(self, &window, watch));
                    queue.lock().unwrap_or_else(PoisonError::into_inner).push(index, report);
                    drop(free.send(buffer));
                });
                if watch.is_stopped() {
                    break;
                }
            }
        });
        let mut report = queue.into_inner().unwrap_or_else(PoisonError::into_inner).report;
        report.end(blocks.error(), watch);
        report
    }
}

/// Brings blocks back in order that were searched in any.
struct Queue {
    report: FileReport,
    next: u64,
    early: BTreeMap<u64, BlockReport>,
}

impl Queue {
    fn new(report: FileReport) -> Self {
        Self { report, next: 0, early: BTreeMap::new() }
    }

    fn push(&mut self, index: u64, block: BlockReport) {
        self.early.insert(index, block);
        while let Some(block) = self.early.remove(&self.next) {
            self.report.push(block);
            self.next += 1;
        }
    }
}
