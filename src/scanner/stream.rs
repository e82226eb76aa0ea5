//! A stream that all threads search, while one reads.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};

use super::blocks::Blocks;
use super::collect::{BlockReport, FileReport};
use super::worker::Worker;
use super::{Scanner, Watch};
use crate::checks::Window;
use crate::model::Origin;

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
