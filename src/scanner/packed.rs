//! Compressed files and archives: each text in them is searched as a text of its own, and what is not read is told.

use std::io::{Cursor, Read};

use super::collect::{Collector, FileReport};
use super::worker::Worker;
use super::{Scanner, Watch};
use crate::fence::OpenFile;
use crate::model::{Origin, Result, SkipReason};
use crate::unpack::{self, HEAD, Packed, Packing, Text, Visit};

/// How a file is packed, if it is. What cannot be read is told by whoever reads it.
pub(crate) fn packing(file: &OpenFile) -> Option<Packing> {
    let mut head = [0; HEAD];
    let read = file.read_at(&mut head, 0).ok()?;
    Packing::of(&head[..read])
}

impl Scanner {
    /// How deep archives inside of archives are unpacked.
    pub(crate) fn max_depth_archive(&self) -> usize {
        self.max_depth_archive
    }

    /// Searches a stream, or what is packed in it, with all threads.
    pub(super) fn read_stream(
        &self,
        mut stream: impl Read,
        origin: Origin,
        watch: &Watch,
        collector: &Collector<'_>,
    ) -> Result<()> {
        let pool = self.pool()?;
        let mut head = Vec::with_capacity(HEAD);
        // What fails now fails again.
        let _ = (&mut stream).take(HEAD as u64).read_to_end(&mut head);
        let packing = Packing::of(&head);
        let mut stream = Cursor::new(head).chain(stream);
        match packing {
            Some(packing) => {
                let mut search = Search { scanner: self, origin: &origin, watch, collector, pool: Some(&pool) };
                unpack::read(Packed::Stream(&mut stream), packing, self.max_depth_archive, &mut search);
            }
            None => collector.add(self.read_blocks(stream, origin, watch, &pool)),
        }
        Ok(())
    }

    /// Searches what is packed, with this thread.
    pub(super) fn unpack(
        &self,
        input: Packed<'_>,
        packing: Packing,
        origin: &Origin,
        watch: &Watch,
        collector: &Collector<'_>,
    ) {
        let mut search = Search { scanner: self, origin, watch, collector, pool: None };
        unpack::read(input, packing, self.max_depth_archive, &mut search);
    }
}

struct Search<'s> {
    scanner: &'s Scanner,
    origin: &'s Origin,
    watch: &'s Watch,
    collector: &'s Collector<'s>,
    /// The threads that search, where they have nothing else to do.
    pool: Option<&'s rayon::ThreadPool>,
}

impl Search<'_> {
    fn report(&self, members: &[Vec<u8>], text: &mut Text<'_>) -> FileReport {
        let origin = self.origin(members);
        let mut report = match self.pool {
            Some(pool) => self.scanner.read_blocks(&mut *text, origin, self.watch, pool),
            None => Worker::with(|worker| worker.stream(self.scanner, &mut *text, origin, self.watch)),
        };
        if let Some(reason) = text.fault() {
            report.skip(reason);
        }
        if self.origin.of_commit().is_some() {
            report.forget_unused();
        }
        report
    }

    fn origin(&self, members: &[Vec<u8>]) -> Origin {
        self.origin.packed(members.iter().map(|name| self.scanner.path_text(name)).collect())
    }
}

impl Visit for Search<'_> {
    fn text(&mut self, members: &[Vec<u8>], text: &mut Text<'_>) {
        self.collector.add(self.report(members, text));
    }

    fn frame(&mut self, members: &[Vec<u8>], text: &mut Text<'_>) {
        let mut report = self.report(members, text);
        report.uncounted();
        self.collector.add(report);
    }

    fn unread(&mut self, members: &[Vec<u8>], reason: SkipReason) {
        self.collector.skip(self.origin(members).full_path().into_owned(), reason);
    }

    fn is_done(&self) -> bool {
        self.watch.is_stopped()
    }
}
