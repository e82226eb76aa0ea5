//! A file of the corpus as it is written, and where in it secrets were planted.

use std::fs::{self, File};
use std::io::{self, Write};

use crate::Plan;
use crate::grammar::RuleId;
use crate::maker::Maker;

/// One planted secret: the file, relative to the corpus, where its value begins, and its kind.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Planted {
    pub(crate) path: String,
    pub(crate) offset: u64,
    pub(crate) kind: &'static str,
}

/// A file that takes whole records and is written in large pieces.
pub(crate) struct Output<'p> {
    plan: &'p Plan,
    path: String,
    file: File,
    buffer: Vec<u8>,
    /// Bytes already handed to the file.
    written: u64,
    planted: Vec<Planted>,
}

impl<'p> Output<'p> {
    const PIECE: usize = 1 << 20;

    /// Creates the file and the directories above it.
    pub(crate) fn create(plan: &'p Plan, path: String) -> io::Result<Self> {
        let full = plan.root.join(&path);
        if let Some(directory) = full.parent() {
            fs::create_dir_all(directory)?;
        }
        Ok(Self { plan, path, file: File::create(full)?, buffer: Vec::new(), written: 0, planted: Vec::new() })
    }

    pub(crate) fn len(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    /// Appends what a rule stands for.
    pub(crate) fn rule(&mut self, rule: RuleId, maker: &mut Maker<'_>) -> io::Result<()> {
        let start = self.buffer.len();
        self.plan.grammar.write(rule, maker, &mut self.buffer);
        for secret in maker.take_planted() {
            // Escapes around a secret move it, but leave its own bytes alone: it is found where it came to stand.
            let found = self.buffer[start..].windows(secret.value.len()).position(|window| window == secret.value);
            let offset = found.ok_or_else(|| io::Error::other(format!("a planted {} was encoded", secret.kind)))?;
            let offset = self.written + (start + offset) as u64;
            self.planted.push(Planted { path: self.path.clone(), offset, kind: secret.kind });
        }
        self.flush_from(Self::PIECE)
    }

    /// Appends what `write` appends.
    pub(crate) fn bytes(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        write(&mut self.buffer);
        self.flush_from(Self::PIECE)
    }

    pub(crate) fn finish(mut self) -> io::Result<Vec<Planted>> {
        self.flush_from(1)?;
        Ok(self.planted)
    }

    fn flush_from(&mut self, size: usize) -> io::Result<()> {
        if self.buffer.len() >= size {
            self.file.write_all(&self.buffer)?;
            self.written += self.buffer.len() as u64;
            self.buffer.clear();
        }
        Ok(())
    }
}
