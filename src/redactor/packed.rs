//! Compressed files and archives: their texts are redacted and packed again, and the copy is unpacked and searched once more.
//!
//! Held in memory, by all threads together: packed files of 16 MiB, and texts of 16 MiB with a copy; by each of them: what decoders and
//! encoders need, and texts of up to 1 MiB.

use std::env;
use std::fmt;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::Redactor;
use super::file::{Done, Failure, LARGEST_WHOLE};
use super::quota::Held;
use crate::fence::{Fence, OpenFile, OutputFile, scratch, skip_reason, system_text};
use crate::model::{Placeholder, SkipReason};
use crate::raw::Room;
use crate::redact::{Counts, Kind, Refusal, Writer, are_lines};
use crate::scanner::{Scanner, Watch};
use crate::unpack::{self, Edit, Packed, Packing, ReadSeek, Scratch, Text, Visit};

/// So much of a long text is read at once; a text of up to this length each thread has for itself.
const CHUNK: usize = 1 << 20;

/// A packed file that is longer is read twice, and its copy searched in any case.
pub(super) const LARGEST_HELD: u64 = 16 << 20;

/// Redacts what is packed, for one run.
#[derive(Clone, Copy)]
pub(super) struct Packer<'r> {
    pub(super) redactor: &'r Redactor<'r>,
    pub(super) watch: &'r Watch,
    /// Where there is room for long texts; none is the system's own place for such.
    pub(super) room: Option<&'r Path>,
}

/// A failure, on its way through readers and writers that only know errors of the system.
#[derive(Debug)]
struct Halt(Failure);

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("redaction halted")
    }
}

impl std::error::Error for Halt {}

fn halt(failure: impl Into<Failure>) -> io::Error {
    io::Error::other(Halt(failure.into()))
}

/// What has halted, or could not be written.
fn failure(error: io::Error) -> Failure {
    match error.downcast::<Halt>() {
        Ok(Halt(failure)) => failure,
        Err(error) => Refusal::Unwritten(system_text(&error)).into(),
    }
}

impl Packer<'_> {
    /// Writes a copy of a packed file, and proves it.
    pub(super) fn copy(
        self,
        file: &OpenFile,
        packing: Packing,
        name: &[u8],
        out: &mut OutputFile,
    ) -> Result<Done, Failure> {
        let done = self.redact(file, packing, name, out)?;
        // What was in memory when it was searched is what was written.
        if done.original != done.copy || file.len() > LARGEST_HELD {
            let copy = out.written().map_err(failure)?;
            if !self.is_clean(Packed::File(&mut copy.reader()), packing)? {
                return Err(Refusal::Persistent.into());
            }
        }
        Ok(done)
    }

    /// Writes what a packed file is without its secrets: the file itself where there are none.
    pub(super) fn redact(
        self,
        file: &OpenFile,
        packing: Packing,
        name: &[u8],
        out: &mut dyn Write,
    ) -> Result<Done, Failure> {
        if file.len() > LARGEST_HELD {
            return self.redact_from(&mut file.reader(), packing, name, out);
        }
        let _held = self.redactor.packed.take(file.len());
        let mut bytes = Room::new(file.len() as usize + 1);
        let read = file.read_at(&mut bytes, 0).map_err(|error| Failure::Skipped(skip_reason(&error)))?;
        if read as u64 != file.len() {
            return Err(Failure::Skipped(SkipReason::Growing));
        }
        bytes.truncate(read);
        self.redact_from(&mut Cursor::new(&bytes[..]), packing, name, out)
    }

    /// The same of what can be read from anywhere.
    pub(super) fn redact_from(
        self,
        input: &mut dyn ReadSeek,
        packing: Packing,
        name: &[u8],
        out: &mut dyn Write,
    ) -> Result<Done, Failure> {
        let unread = |error: io::Error| Failure::Skipped(skip_reason(&error));
        let mut out = Hashed { out, digest: Sha256::new() };
        let mut counts = Counts::new();
        input.rewind().map_err(unread)?;
        let is_clean = self.is_clean(Packed::File(input), packing)?;
        input.rewind().map_err(unread)?;
        let mut original = Hashed { out: &mut io::sink(), digest: Sha256::new() };
        if is_clean {
            io::copy(input, &mut out).map_err(failure)?;
        } else {
            io::copy(input, &mut original).map_err(unread)?;
            input.rewind().map_err(unread)?;
            let mut texts = Texts { packer: self, counts: &mut counts };
            let depth = self.redactor.scanner.max_depth_archive();
            unpack::rewrite(input, packing, name, depth, &mut texts, &mut out).map_err(failure)?;
        }
        let copy: [u8; 32] = out.digest.finalize().into();
        let original = if is_clean { copy } else { original.digest.finalize().into() };
        Ok(Done { original, copy, counts, note: None })
    }

    /// Whether nothing is found in a packed file, all of which can be read.
    fn is_clean(self, input: Packed<'_>, packing: Packing) -> Result<bool, Failure> {
        let mut search = Search { packer: self, is_clean: true, failure: None };
        unpack::read(input, packing, self.redactor.scanner.max_depth_archive(), &mut search);
        search.failure.map_or(Ok(search.is_clean), Err)
    }

    /// Writes a text without its secrets; says whether it had any.
    fn text(self, name: &[u8], text: &mut Text<'_>, out: &mut dyn Write, counts: &mut Counts) -> io::Result<bool> {
        let mut head = Vec::new();
        text.take(CHUNK as u64 + 1).read_to_end(&mut head)?;
        self.progress(head.len())?;
        if head.len() <= CHUNK {
            return self.whole_text(name, &head, out, counts);
        }
        if are_lines(name, &head) {
            return self.lines((Room::Small(head), None), text, out, counts);
        }
        let room = self.redactor.texts.take(LARGEST_WHOLE);
        let mut bytes = Room::new(LARGEST_WHOLE as usize + 1);
        bytes[..head.len()].copy_from_slice(&head);
        let mut rest = &mut bytes[head.len()..];
        let most = rest.len() as u64;
        let read = io::copy(&mut text.take(most), &mut rest)?;
        self.progress(read as usize)?;
        if read == most {
            return self.lines((bytes, Some(room)), text, out, counts);
        }
        bytes.truncate(head.len() + read as usize);
        self.whole_text(name, &bytes, out, counts)
    }

    /// A text that is in memory.
    fn whole_text(self, name: &[u8], bytes: &[u8], out: &mut dyn Write, counts: &mut Counts) -> io::Result<bool> {
        let redacted = self.redactor.plan().redact(bytes, Kind::File(name)).map_err(halt)?;
        redacted.write(bytes, out)?;
        let is_changed = redacted.is_changed();
        add(counts, redacted.into_placeholders().map(|placeholder| (placeholder, 1)));
        Ok(is_changed)
    }

    /// Whether a text has any secrets: searched as it comes.
    fn has_any(self, text: &mut Text<'_>) -> io::Result<bool> {
        const REACH: usize = Scanner::REACH;
        let mut bytes = Vec::new();
        let mut own = 0;
        loop {
            let asked = own + CHUNK + REACH - bytes.len();
            let read = text.take(asked as u64).read_to_end(&mut bytes)?;
            self.progress(read)?;
            let is_last = read < asked;
            let end = if is_last { bytes.len() } else { own + CHUNK };
            let found = self.redactor.plan().leaks_in(&bytes, own..end).map_err(halt)?;
            if is_last || !found.is_empty() {
                return Ok(!found.is_empty());
            }
            // What was searched is still what stands around the next.
            own = end.min(REACH);
            bytes.drain(..end - own);
        }
    }

    fn progress(self, read: usize) -> io::Result<()> {
        self.watch.count(read as u64, 0);
        if self.watch.is_stopped() { Err(halt(Failure::Interrupted)) } else { Ok(()) }
    }

    /// A text of lines, or one that is too long for anything else: as it comes. Its head is in memory no longer than it must.
    fn lines(
        self,
        head: (Room, Option<Held<'_>>),
        text: &mut Text<'_>,
        out: &mut dyn Write,
        counts: &mut Counts,
    ) -> io::Result<bool> {
        let mut writer = Writer::new(self.redactor.plan(), out);
        writer.write_all(&head.0)?;
        drop(head);
        let mut bytes = Vec::with_capacity(CHUNK);
        while text.take(CHUNK as u64).read_to_end(&mut bytes)? > 0 {
            self.progress(bytes.len())?;
            writer.write_all(&bytes)?;
            bytes.clear();
        }
        let written = writer.finish()?;
        if written.lost() > 0 {
            return Err(halt(Refusal::Shape("JSON lines")));
        }
        let is_changed = written.placeholders() > 0;
        add(counts, written.into_counts());
        Ok(is_changed)
    }

    fn refusal(self, members: &[Vec<u8>], reason: &SkipReason) -> Refusal {
        let path_text = |name: &Vec<u8>| self.redactor.scanner.path_text(name).to_string();
        let member = members.iter().map(path_text).collect::<Vec<_>>().join("!");
        Refusal::Packed { member, reason: reason.describe() }
    }
}

fn add(counts: &mut Counts, found: impl IntoIterator<Item = (Placeholder, u64)>) {
    found.into_iter().for_each(|(placeholder, count)| *counts.entry(placeholder).or_default() += count);
}

/// Looks for the first secret.
struct Search<'r> {
    packer: Packer<'r>,
    is_clean: bool,
    failure: Option<Failure>,
}

impl Visit for Search<'_> {
    fn text(&mut self, members: &[Vec<u8>], text: &mut Text<'_>) {
        if self.is_done() {
            return;
        }
        match self.packer.has_any(text) {
            Ok(has_any) => self.is_clean &= !has_any,
            Err(error) => self.failure = Some(failure(error)),
        }
        if let Some(reason) = text.fault() {
            self.unread(members, reason);
        }
    }

    fn unread(&mut self, members: &[Vec<u8>], reason: SkipReason) {
        self.failure.get_or_insert_with(|| self.packer.refusal(members, &reason).into());
    }

    fn is_done(&self) -> bool {
        !self.is_clean || self.failure.is_some()
    }
}

/// Redacts text after text.
struct Texts<'r, 'c> {
    packer: Packer<'r>,
    counts: &'c mut Counts,
}

impl Edit for Texts<'_, '_> {
    fn text(&mut self, name: &[u8], text: &mut Text<'_>, out: &mut dyn Write) -> io::Result<bool> {
        self.packer.text(name, text, out, self.counts)
    }

    fn frame(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.packer.redactor.plan().leaks(bytes) {
            Ok(leaks) if leaks.is_empty() => Ok(()),
            Ok(_) => Err(halt(Refusal::Frame)),
            Err(refusal) => Err(halt(refusal)),
        }
    }

    fn refused(&mut self, members: &[Vec<u8>], reason: SkipReason) -> io::Error {
        halt(self.packer.refusal(members, &reason))
    }

    fn in_memory(&self) -> usize {
        // Where nothing is written, there may be no place for a file.
        if self.packer.room.is_some() { CHUNK } else { LARGEST_WHOLE as usize }
    }

    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        let place = self.packer.room.map_or_else(env::temp_dir, Path::to_path_buf);
        Ok(Box::new(Nameless { fence: self.packer.redactor.scanner.fence().clone(), place, file: None }))
    }
}

/// A file without a name, made once something is written to it.
struct Nameless {
    fence: Fence,
    place: PathBuf,
    file: Option<Box<dyn Scratch>>,
}

impl Nameless {
    fn file(&mut self) -> io::Result<&mut Box<dyn Scratch>> {
        match &mut self.file {
            Some(file) => Ok(file),
            none => Ok(none.insert(Box::new(scratch(&self.fence, &self.place)?))),
        }
    }
}

impl Read for Nameless {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.file()?.read(buf)
    }
}

impl Write for Nameless {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() { Ok(0) } else { self.file()?.write(bytes) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Nameless {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file()?.seek(to)
    }
}

/// Writes, and takes the digest of it.
struct Hashed<'o> {
    out: &'o mut dyn Write,
    digest: Sha256,
}

impl Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
