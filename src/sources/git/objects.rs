//! Reads objects from git, many asked for at once, so that git unpacks the next while this one is searched.

use std::io::{self, BufRead, BufReader, Read, Write as _};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout};

use super::command::{Running, git};
use super::repository::Oid;
use crate::model::{Error, Result};

/// So many objects may be asked for before the first is read: their names fit the pipe, so that nobody waits in a circle.
pub(crate) const AT_ONCE: usize = 32;

/// A git that hands out objects.
#[derive(Debug)]
pub(crate) struct Objects {
    running: Running,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl Objects {
    /// Starts it.
    pub(crate) fn start(directory: &Path) -> Result<Self> {
        let mut command = git(directory, ["cat-file", "--batch"]);
        let mut running = Running::start(command.stdin(std::process::Stdio::piped()))?;
        let (Some(requests), Some(replies)) = (running.input(), running.output()) else {
            return Err(Error::Git("its pipes cannot be used".into()));
        };
        Ok(Self { running, requests, replies: BufReader::with_capacity(64 << 10, replies) })
    }

    /// Asks for objects, no more than [`AT_ONCE`]; each is to be read by [`Objects::read`], in the same order.
    ///
    /// A git that has ended is met when its reply is read.
    pub(crate) fn ask<'a>(&mut self, oids: impl Iterator<Item = &'a Oid>) {
        let names: String = oids.map(|oid| format!("{oid}\n")).collect();
        let _ = self.requests.write_all(names.as_bytes());
    }

    /// Reads the next object: gives its length and its bytes to `read`, or nothing where it is not there. What `read` leaves is
    /// passed over.
    ///
    /// # Errors
    /// When git has ended: it cannot read an object that is broken. [`Objects::last_words`] tells.
    pub(crate) fn read<T>(&mut self, read: impl FnOnce(Option<(u64, &mut Body<'_>)>) -> T) -> io::Result<T> {
        let mut header = Vec::new();
        (&mut self.replies).take(256).read_until(b'\n', &mut header)?;
        let words: Vec<&[u8]> = header.trim_ascii_end().split(|&byte| byte == b' ').collect();
        let len = match words[..] {
            [_, b"missing"] => return Ok(read(None)),
            [_, _, len] => std::str::from_utf8(len).ok().and_then(|len| len.parse().ok()),
            _ => None,
        };
        let len = len.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut body = Body((&mut self.replies).take(len));
        let value = read(Some((len, &mut body)));
        io::copy(&mut body, &mut io::sink())?;
        self.replies.read_exact(&mut [0])?;
        Ok(value)
    }

    /// What git said before it ended.
    pub(crate) fn last_words(self) -> String {
        drop(self.requests);
        drop(self.replies);
        match self.running.finish() {
            Err(Error::Git(words)) => words,
            _ => "git ended too early".into(),
        }
    }
}

/// The bytes of one object. That it ends before its length is an error, not an end.
pub(crate) struct Body<'a>(io::Take<&'a mut BufReader<ChildStdout>>);

impl Body<'_> {
    fn checked(&self, is_empty: bool) -> io::Result<()> {
        if is_empty && self.0.limit() > 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

impl Read for Body<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buf)?;
        self.checked(read == 0 && !buf.is_empty())?;
        Ok(read)
    }
}

impl BufRead for Body<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let is_empty = self.0.fill_buf()?.is_empty();
        self.checked(is_empty)?;
        self.0.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.0.consume(amount);
    }
}
