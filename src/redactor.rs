//! The redactor: what the scanner finds, replaced, and proven to be gone.

mod copy;
mod file;
#[cfg_attr(not(feature = "unpack"), allow(dead_code, reason = "without the feature nothing is unpacked"))]
mod packed;
mod quota;
#[cfg(test)]
mod tests;
mod verify;

use std::fmt;
use std::io::{Cursor, Write};
use std::ops::Range;

pub use verify::{Fault, FaultKind, Verdict};

use crate::fence::Wish;
use crate::formats;
use crate::model::{Error, Origin, Result};
use crate::raw::{Key, Leak};
use crate::redact::{Find, Kind, Plan, Writer};
use crate::scanner::{Scanner, Watch};
use crate::unpack::{HEAD, Packing};
use packed::Packer;
use quota::Quota;

/// Makes copies without secrets. Build one with [`Redactor::builder`], use it as often as you like, from as many threads as you like.
///
/// What is redacted is everything that the scanner's rules find, however little they are sure of it, and whoever accepted it.
pub struct Redactor<'s> {
    scanner: &'s Scanner,
    key: Key,
    configuration: String,
    sandbox: Wish,
    /// For texts that are in memory whole, of all threads together.
    texts: Quota,
    /// For packed files that are. Who holds some of this may wait for the other, never the reverse.
    packed: Quota,
}

/// Options of a [`Redactor`].
#[derive(Debug)]
pub struct RedactorBuilder<'s> {
    scanner: &'s Scanner,
    key: Option<Key>,
    configuration: String,
    sandbox: Wish,
}

impl<'s> RedactorBuilder<'s> {
    /// The key for placeholders and manifest; default: a random one, so that no two runs give the same tags.
    #[must_use]
    pub fn key(mut self, key: Key) -> Self {
        self.key = Some(key);
        self
    }

    /// A digest of the configuration, for the manifest; default: none.
    #[must_use]
    pub fn configuration(mut self, digest: String) -> Self {
        self.configuration = digest;
        self
    }

    /// Whether the kernel is to hold copying and verifying to what they need, as a second wall; default: off.
    #[must_use]
    pub fn sandbox(mut self, wish: Wish) -> Self {
        self.sandbox = wish;
        self
    }

    /// Makes the redactor.
    ///
    /// # Errors
    /// [`Error::Setting`] where there is no key and none can be made.
    pub fn build(self) -> Result<Redactor<'s>> {
        let key = self.key.map_or_else(Key::random, Ok)?;
        let Self { scanner, configuration, sandbox, .. } = self;
        let (texts, packed) = (Quota::new(file::LARGEST_WHOLE), Quota::new(packed::LARGEST_HELD));
        Ok(Redactor { scanner, key, configuration, sandbox, texts, packed })
    }
}

impl<'s> Redactor<'s> {
    /// A builder; `scanner` says what is looked for.
    pub fn builder(scanner: &'s Scanner) -> RedactorBuilder<'s> {
        RedactorBuilder { scanner, key: None, configuration: String::new(), sandbox: Wish::Off }
    }

    /// Redacts bytes in memory. The name of `origin` tells the format (`a.env`, `b.json`); else it is lines: JSON, or text. What is
    /// compressed or an archive is packed again.
    ///
    /// # Errors
    /// [`Error::Refused`] where the result would not be clean, or not be what it was.
    pub fn redact_bytes(&self, bytes: &[u8], origin: &Origin) -> Result<Vec<u8>> {
        let name = origin.path().as_bytes();
        let refused = |reason: String| Error::Refused { path: origin.path().to_string(), reason };
        if let Some(packing) = Packing::of(&bytes[..bytes.len().min(HEAD)]) {
            let mut copy = Vec::new();
            let packer = Packer { redactor: self, watch: &Watch::default(), room: None };
            let done = packer.redact_from(&mut Cursor::new(bytes), packing, name, &mut copy);
            return done.map(|_| copy).map_err(|failure| refused(failure.to_string()));
        }
        let kind = if formats::by_path(name).is_some() { Kind::File(name) } else { Kind::Lines };
        match self.plan().redact(bytes, kind) {
            Ok(redacted) => {
                let mut copy = Vec::with_capacity(bytes.len());
                redacted.write(bytes, &mut copy)?;
                Ok(copy)
            }
            Err(refusal) => Err(refused(refusal.to_string())),
        }
    }

    /// Whether what begins with these bytes, 512 if there are so many, is compressed or an archive: no text for a [`Writer`], which would
    /// hand it on as it is.
    pub fn is_packed(head: &[u8]) -> bool {
        Packing::of(&head[..head.len().min(HEAD)]).is_some()
    }

    /// A writer that hands on to `out` what is written to it, redacted on the way.
    pub fn writer<W: Write>(&self, out: W) -> Writer<'_, W> {
        Writer::new(self.plan(), out)
    }

    fn pool(&self) -> Result<rayon::ThreadPool> {
        let threads = self.scanner.threads();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.map_err(|error| Error::Setting(format!("cannot start {threads} threads: {error}")))
    }

    fn plan(&self) -> Plan<'_> {
        Plan { find: self.scanner, key: &self.key }
    }
}

impl Find for Scanner {
    fn leaks(&self, bytes: &[u8], own: Range<usize>) -> Option<Vec<Leak>> {
        Self::leaks(self, bytes, own)
    }

    fn reach(&self) -> usize {
        Self::REACH
    }

    fn settled(&self, text: &[u8]) -> usize {
        Self::settled(self, text)
    }
}

impl fmt::Debug for Redactor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({:?}, {:?})", self.scanner, self.key)
    }
}
