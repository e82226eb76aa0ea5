//! One file: read, redacted, and written as it is read. What is written is what was searched, whatever happens to the file meanwhile.

use std::fmt;
use std::io::{self, Write};
use std::ops::Range;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::Redactor;
use crate::fence::{OpenFile, skip_reason};
use crate::formats::Flow;
use crate::model::{Error, SkipReason};
use crate::raw::{Leak, Room};
use crate::redact::{Counts, Edit, Emission, Kind, Plan, RECORD, Refusal};
use crate::scanner::Watch;
use crate::unpack::{HEAD, Packing};

/// A longer file is redacted in windows, as lines.
pub(super) const LARGEST_WHOLE: u64 = 16 << 20;

/// Bytes that a window owns.
const OWN: u64 = 1 << 20;

/// What was made of a file.
pub(super) struct Done {
    /// SHA-256 of what was read.
    pub(super) original: [u8; 32],
    /// SHA-256 of what was written.
    pub(super) copy: [u8; 32],
    pub(super) counts: Counts,
    /// Why what was read may not be all.
    pub(super) note: Option<SkipReason>,
}

/// Why nothing was made of a file.
#[derive(Debug)]
pub(super) enum Failure {
    Skipped(SkipReason),
    Refused(Refusal),
    Interrupted,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skipped(reason) => f.write_str(&reason.describe()),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Interrupted => Error::Interrupted.fmt(f),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The error itself names the copy by its whole path, which is no business of those who read the manifest.
fn unwritten(error: &io::Error) -> Failure {
    Failure::Refused(Refusal::Unwritten(error.kind().to_string()))
}

/// What was not packed when it was opened is not redacted as if it were none.
fn refuse_packed(bytes: &[u8]) -> Result<(), Failure> {
    let packing = Packing::of(&bytes[..bytes.len().min(HEAD)]);
    packing.map_or(Ok(()), |_| Err(Failure::Skipped(SkipReason::Growing)))
}

/// Redacts a file that fits into memory. `name` tells its format. Of one that has become too long meanwhile, the rest is left.
pub(super) fn whole(
    redactor: &Redactor<'_>,
    file: &OpenFile,
    name: &[u8],
    watch: &Watch,
    out: &mut impl Write,
) -> Result<Done, Failure> {
    let _held = redactor.texts.take(file.len());
    let mut bytes = Room::new(file.len() as usize + 1);
    let (mut read, mut is_all) = (0, true);
    loop {
        match file.read_at(&mut bytes[read..], read as u64) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) => return Err(Failure::Skipped(skip_reason(&error))),
        }
        if read < bytes.len() {
            break;
        }
        if read as u64 > LARGEST_WHOLE {
            is_all = false;
            break;
        }
        // It says nothing of its length, as in `/proc`, or it grows.
        bytes = bytes.grown((2 * read).max(64 << 10));
    }
    bytes.truncate(read);
    watch.count(read as u64, 0);
    refuse_packed(&bytes)?;
    let redacted = redactor.plan().redact(&bytes, Kind::File(name))?;
    let original = Sha256::digest(&bytes[..]).into();
    let mut account = redacted.is_changed().then(Account::default);
    let written = redacted.write(&bytes, &mut Both { out, copy: account.as_mut() });
    written.map_err(|error| unwritten(&error))?;
    let copy = account.map_or(original, |account| account.closed().0);
    let mut counts = Counts::new();
    redacted.into_placeholders().for_each(|placeholder| *counts.entry(placeholder).or_default() += 1);
    Ok(Done { original, copy, counts, note: note(file, read as u64).or((!is_all).then_some(SkipReason::Growing)) })
}

/// Why what was read is not all: the file has changed under the reader.
fn note(file: &OpenFile, read: u64) -> Option<SkipReason> {
    if read < file.len() {
        return Some(SkipReason::Truncated);
    }
    (file.len() > 0 && file.len_now().is_ok_and(|now| now > read)).then_some(SkipReason::Growing)
}

/// A window of a long file. It is searched where the bytes are its own, and planned when those beside it have been searched too: so
/// every byte is searched once, and yet each window knows what stands around its own bytes.
struct Window {
    bytes: Vec<u8>,
    base: u64,
    own: Range<usize>,
    leaks: Vec<Leak>,
    edits: Vec<Edit>,
}

/// Redacts a file of any length as lines: some windows are searched by all threads while those before are written.
pub(super) fn in_windows(
    plan: &Plan<'_>,
    file: &OpenFile,
    watch: &Watch,
    out: &mut (impl Write + Send),
) -> Result<Done, Failure> {
    let count = file.len().div_ceil(OWN);
    let batch = 2 * rayon::current_num_threads() as u64;
    let mut sheet = Sheet { out, emission: Emission::default(), original: Account::default(), copy: None };
    let mut windows: Vec<Window> = Vec::new();
    // Those of the windows that are planned, and not yet written.
    let mut ready = 0..0;
    let mut read = 0;
    for first in (0..count).step_by(batch as usize) {
        let behind = count.min(first + batch);
        let search = || (first..behind).into_par_iter().map(|index| searched(plan, file, index, watch)).collect();
        let (next, written): (Result<Vec<Window>, Failure>, io::Result<()>) =
            rayon::join(search, || sheet.write(&windows[ready.clone()]));
        written.map_err(|error| unwritten(&error))?;
        let next = next?;
        read += next.iter().map(|window| window.own.len() as u64).sum::<u64>();
        // The last that was written stays for what was found in it, the last of all waits for what is behind it.
        windows.drain(..ready.end.saturating_sub(1));
        windows.extend(next);
        ready = ready.end.min(1)..windows.len() - usize::from(behind < count);
        let edits =
            ready.clone().into_par_iter().map(|at| planned(plan, &windows, at)).collect::<Result<Vec<_>, _>>()?;
        windows[ready.clone()].iter_mut().zip(edits).for_each(|(window, edits)| window.edits = edits);
    }
    sheet.write(&windows[ready]).map_err(|error| unwritten(&error))?;
    let Sheet { emission, original, copy, .. } = sheet;
    if emission.counts.keys().any(|placeholder| placeholder.rule.as_str() == RECORD) {
        return Err(Refusal::Shape("JSON lines").into());
    }
    let (original, structure) = original.closed();
    let (copy, copied) = copy.map_or((original, structure), Account::closed);
    if structure.is_some() && copied != structure {
        return Err(Refusal::Shape("JSON").into());
    }
    Ok(Done { original, copy, counts: emission.counts, note: note(file, read) })
}

/// Reads and searches window `index`.
fn searched(plan: &Plan<'_>, file: &OpenFile, index: u64, watch: &Watch) -> Result<Window, Failure> {
    if watch.is_stopped() {
        return Err(Failure::Interrupted);
    }
    let margin = plan.margin() as u64;
    let own = index * OWN..file.len().min((index + 1) * OWN);
    let base = own.start.saturating_sub(margin);
    let mut bytes = vec![0; (file.len().min(own.end + margin) - base) as usize];
    let read = file.read_at(&mut bytes, base).map_err(|error| Failure::Skipped(skip_reason(&error)))?;
    bytes.truncate(read);
    if index == 0 {
        refuse_packed(&bytes)?;
    }
    watch.count(own.end - own.start, 0);
    let own = ((own.start - base) as usize).min(read)..((own.end - base) as usize).min(read);
    let leaks = plan.leaks_in(&bytes, own.clone())?;
    Ok(Window { bytes, base, own, leaks, edits: Vec::new() })
}

/// The edits of a window, of which those beside it are known.
fn planned(plan: &Plan<'_>, windows: &[Window], at: usize) -> Result<Vec<Edit>, Refusal> {
    let window = &windows[at];
    let beside = &windows[at.saturating_sub(1)..windows.len().min(at + 2)];
    let leaks = beside.iter().flat_map(|other| other.leaks.iter().filter_map(|leak| window.sees(other, leak)));
    plan.searched_window(&window.bytes, &window.own, leaks.collect())
}

impl Window {
    /// What was found in another window, if all of it stands in the bytes of this one.
    fn sees(&self, other: &Self, leak: &Leak) -> Option<Leak> {
        let moved = |at: usize| (other.base + at as u64).checked_sub(self.base).map(|at| at as usize);
        let span = moved(leak.span.start)?..moved(leak.span.end)?;
        (span.end <= self.bytes.len()).then(|| Leak { span, ..leak.clone() })
    }
}

/// What is to be known of a text that is never seen whole.
#[derive(Clone, Default)]
struct Account {
    digest: Sha256,
    /// Its structure, should it be a document of JSON.
    json: Option<Flow>,
}

impl Account {
    fn update(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.json.iter_mut().for_each(|json| json.push(bytes));
    }

    fn closed(self) -> ([u8; 32], Option<[u8; 32]>) {
        (self.digest.finalize().into(), self.json.and_then(Flow::finish))
    }
}

/// What is written, and an account of it and of what it is made of.
struct Sheet<W> {
    out: W,
    emission: Emission,
    original: Account,
    /// From the first windows with edits on the copy has one of its own.
    copy: Option<Account>,
}

impl<W: Write + Send> Sheet<W> {
    /// Writes what the next windows own.
    fn write(&mut self, windows: &[Window]) -> io::Result<()> {
        if let Some(first) = windows.first().filter(|window| window.base == 0 && window.own.start == 0) {
            self.original.json = Flow::of(&first.bytes);
        }
        if self.copy.is_none() && windows.iter().any(|window| !window.edits.is_empty()) {
            self.copy = Some(self.original.clone());
        }
        let Self { out, emission, original, copy } = self;
        let mut out = Both { out, copy: copy.as_mut() };
        let mut write =
            |Window { bytes, base, own, edits, .. }: &Window| emission.write(bytes, *base, own.end, edits, &mut out);
        let read = || windows.iter().for_each(|window| original.update(&window.bytes[window.own.clone()]));
        rayon::join(read, || windows.iter().try_for_each(&mut write)).1
    }
}

struct Both<'b, W> {
    out: &'b mut W,
    copy: Option<&'b mut Account>,
}

impl<W: Write> Write for Both<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write_all(bytes)?;
        if let Some(copy) = &mut self.copy {
            copy.update(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
