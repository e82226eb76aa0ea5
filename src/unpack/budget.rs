//! What unpacking may cost, and how what goes wrong in it is told.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::model::SkipReason;

/// So much may come out of any file.
const FREE: u64 = 256 << 20;
/// So many times what was read may come out of it besides. Logs are packed by 10 to 100.
const RATIO: u64 = 250;
/// More comes out of no file.
const MOST: u64 = 64 << 30;

/// What one file may cost, with all that is packed inside of it.
#[derive(Debug, Default)]
pub(super) struct Budget {
    /// Bytes read of the file itself.
    stored: Cell<u64>,
    /// Bytes that all decoders gave.
    decoded: Cell<u64>,
}

impl Budget {
    fn is_spent(&self) -> bool {
        let decoded = self.decoded.get();
        decoded > MOST || decoded > FREE + self.stored.get().saturating_mul(RATIO)
    }
}

/// A fault, on its way through readers that only know errors of the system.
#[derive(Debug)]
struct Fault(SkipReason);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.describe())
    }
}

impl std::error::Error for Fault {}

/// An error that tells why something is not read.
pub(crate) fn fault(reason: SkipReason) -> io::Error {
    io::Error::other(Fault(reason))
}

/// What is damaged, as an error.
pub(super) fn damaged(what: &'static str) -> io::Error {
    fault(SkipReason::Damaged { what })
}

/// What an error says of the reason, if it is of [`fault`]'s making.
pub(crate) fn reason(error: &io::Error) -> Option<SkipReason> {
    let fault = error.get_ref()?.downcast_ref::<Fault>()?;
    Some(fault.0.clone())
}

/// The bytes of the file itself, counted.
pub(super) struct Stored<'b, R> {
    inner: R,
    budget: &'b Budget,
}

impl<'b, R> Stored<'b, R> {
    pub(super) fn new(inner: R, budget: &'b Budget) -> Self {
        Self { inner, budget }
    }
}

impl<R: Read> Read for Stored<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            kind => fault(SkipReason::Unreadable { message: kind.to_string() }),
        })?;
        self.budget.stored.set(self.budget.stored.get() + read as u64);
        Ok(read)
    }
}

impl<R: io::Seek> io::Seek for Stored<'_, R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// What a decoder gives, counted. Whatever the decoder says, and even if it panics, the data are what is wrong.
pub(super) struct Decoded<'b, R> {
    pub(super) inner: R,
    budget: &'b Budget,
    what: &'static str,
}

impl<'b, R> Decoded<'b, R> {
    pub(super) fn new(inner: R, budget: &'b Budget, what: &'static str) -> Self {
        Self { inner, budget, what }
    }
}

impl<R: Read> Read for Decoded<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.budget.is_spent() {
            return Err(fault(SkipReason::Bomb));
        }
        let read = catch_unwind(AssertUnwindSafe(|| self.inner.read(buf)));
        let read = match read.unwrap_or_else(|_| Err(damaged(self.what))) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted || reason(&error).is_some() => return Err(error),
            Err(_) => return Err(damaged(self.what)),
            Ok(read) => read,
        };
        self.budget.decoded.set(self.budget.decoded.get() + read as u64);
        Ok(read)
    }
}

/// A text that was unpacked. It ends where it cannot be read on, and then knows why.
pub(crate) struct Text<'t> {
    inner: &'t mut dyn Read,
    fault: Option<SkipReason>,
}

impl<'t> Text<'t> {
    pub(crate) fn new(inner: &'t mut dyn Read) -> Self {
        Self { inner, fault: None }
    }

    /// Why there is no more of it, if that is not its end.
    pub(crate) fn fault(&mut self) -> Option<SkipReason> {
        self.fault.take()
    }
}

impl Read for Text<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.fault.is_some() {
            return Ok(0);
        }
        match self.inner.read(buf) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                let unreadable = || SkipReason::Unreadable { message: error.kind().to_string() };
                self.fault = Some(reason(&error).unwrap_or_else(unreadable));
                Ok(0)
            }
            read => read,
        }
    }
}
