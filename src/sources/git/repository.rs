//! A repository as git finds it from a directory: what kind, where in it we stand, what its objects are called.

use std::fmt;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER_PERMISSIVE;

use super::command::{answer, git};
use crate::model::{Error, Result};

/// The name of an object: 20 bytes, or 32 in a SHA-256 repository.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Oid {
    bytes: [u8; 32],
    len: u8,
}

impl Oid {
    /// Of hex digits.
    pub(crate) fn parse(hex: &[u8]) -> Option<Self> {
        let mut bytes = [0; 32];
        let len = hex.len() / 2;
        if ![20, 32].contains(&len) {
            return None;
        }
        HEXLOWER_PERMISSIVE.decode_mut(hex, bytes.get_mut(..len)?).ok()?;
        Some(Self { bytes, len: len as u8 })
    }

    /// Whether it stands for nothing: all zeros.
    pub(crate) fn is_null(&self) -> bool {
        self.bytes == [0; 32]
    }
}

/// Its hex digits.
impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes[..usize::from(self.len)].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A repository.
#[derive(Debug)]
pub(crate) struct Repository {
    /// Where git is run.
    pub(crate) directory: PathBuf,
    /// Whether commits are missing by design.
    pub(crate) is_shallow: bool,
    /// Whether there are files here, and an index.
    pub(crate) has_work_tree: bool,
    /// What is to be committed upon: HEAD, and what is being merged into it. Nothing on an unborn branch.
    pub(crate) heads: Vec<Oid>,
    /// The directory in the work tree, with a slash at its end unless it is the top.
    prefix: Vec<u8>,
    empty_tree: &'static str,
}

impl Repository {
    /// Asks git about the repository around a directory.
    ///
    /// # Errors
    /// [`Error::Git`] where there is none, or git does not trust its owner (`safe.directory`).
    pub(crate) fn open(directory: &Path) -> Result<Self> {
        let questions = ["--is-shallow-repository", "--is-inside-work-tree", "--show-object-format", "--show-prefix"];
        let answers =
            answer(git(directory, ["rev-parse"]).args(questions).args(["--revs-only", "HEAD", "MERGE_HEAD"]))?;
        let mut lines = answers.splitn(4, |&byte| byte == b'\n');
        let mut next = || lines.next().unwrap_or_default();
        let (shallow, inside, format, rest) = (next(), next(), next(), next());
        // The prefix may hold line ends, but ends with a slash: what follows it is told by its shape.
        let mut prefix = rest.strip_suffix(b"\n").unwrap_or(rest);
        let mut heads = Vec::new();
        loop {
            let at = memchr::memrchr(b'\n', prefix).map_or(0, |at| at + 1);
            let Some(oid) = Oid::parse(&prefix[at..]) else { break };
            heads.insert(0, oid);
            prefix = &prefix[..at.saturating_sub(1)];
        }
        let empty_tree = match format {
            b"sha1" => "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
            b"sha256" => "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
            _ => return Err(Error::Git("an object format that tightlip does not know".into())),
        };
        Ok(Self {
            directory: directory.to_path_buf(),
            is_shallow: shallow == b"true",
            has_work_tree: inside == b"true",
            heads,
            prefix: prefix.strip_suffix(b"\n").unwrap_or(prefix).to_vec(),
            empty_tree,
        })
    }

    /// The trees that staged files are new against.
    pub(super) fn staged_upon(&self) -> Vec<String> {
        match self.heads[..] {
            [] => vec![self.empty_tree.to_owned()],
            _ => self.heads.iter().map(Oid::to_string).collect(),
        }
    }

    /// A path of the repository as seen from where we stand.
    pub(crate) fn shown(&self, path: &[u8]) -> Vec<u8> {
        relative(&self.prefix, path)
    }
}

/// `path` from the directory `prefix`, both from the top.
fn relative(prefix: &[u8], path: &[u8]) -> Vec<u8> {
    let common = prefix.iter().zip(path).take_while(|(a, b)| a == b).count();
    let common = prefix[..common].iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1);
    let up = prefix[common..].iter().filter(|&&byte| byte == b'/').count();
    [b"../".repeat(up).as_slice(), &path[common..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_where_we_stand() {
        for (prefix, path, expected) in [
            ("", "a/b", "a/b"),
            ("a/", "a/b", "b"),
            ("a/", "ab", "../ab"),
            ("a/b/", "a/c/d", "../c/d"),
            ("a/b/", "x", "../../x"),
            ("a/b/", "a/b/c/d", "c/d"),
        ] {
            assert_eq!(relative(prefix.as_bytes(), path.as_bytes()), expected.as_bytes(), "{prefix} {path}");
        }
    }

    #[test]
    fn object_names_are_hex_of_two_lengths() {
        for (hex, is_one) in
            [("ab".repeat(20), true), ("0F".repeat(32), true), ("ab".repeat(21), false), ("x".repeat(40), false)]
        {
            let oid = Oid::parse(hex.as_bytes());
            assert_eq!(oid.map(|oid| oid.to_string()), is_one.then(|| hex.to_lowercase()));
        }
    }
}
