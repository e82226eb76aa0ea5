//! Where a text came from, in words that may be shown.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// A path as it may be shown: `/`-separated bytes, already redacted where it held a secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathText(Vec<u8>);

impl PathText {
    /// Takes the bytes of a path that is safe to show.
    pub(crate) fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes, `/`-separated; not always UTF-8, and unescaped: each report escapes for its own medium.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// A relative URI reference (RFC 3986): every byte outside the unreserved set and `/` is percent-encoded.
    pub fn to_uri(&self) -> String {
        use std::fmt::Write as _;
        let mut uri = String::with_capacity(self.0.len());
        for &byte in &self.0 {
            if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
                uri.push(char::from(byte));
            } else {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
        uri
    }
}

/// Valid UTF-8 as it is; every other byte as `\xNN`. Control characters are kept: reports escape them.
impl fmt::Display for PathText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            f.write_str(chunk.valid())?;
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02X}")?;
            }
        }
        Ok(())
    }
}

impl Serialize for PathText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A commit, as git names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Commit {
    /// When its author made it: ISO 8601, with the author's own offset.
    pub author_time: Arc<str>,
    /// Its object id: 40 hex digits, or 64 in a SHA-256 repository.
    #[serde(rename = "commit")]
    pub id: Arc<str>,
}

/// What sort of place a text came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum OriginKind {
    /// A file in the file system.
    File,
    /// Standard input, or bytes handed to the library.
    Stdin,
    /// A text inside of a compressed file or an archive.
    Archive {
        /// The names that lead to it, outermost first; none for what a compressed file holds itself, and for what stands around the
        /// members of an archive.
        members: Vec<PathText>,
    },
    /// A file as it stands in git's index, about to be committed.
    Staged,
    /// A file in git's history, and the commit that brought it, or the found line of it, in.
    Commit(Commit),
    /// What a commit says of itself, or is about to say.
    Message {
        /// The commit, once there is one.
        #[serde(flatten)]
        commit: Option<Commit>,
    },
}

/// Where a text came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    path: PathText,
    kind: OriginKind,
}

impl Origin {
    /// A file, by the path it is shown under.
    pub(crate) fn file(path: PathText) -> Self {
        Self { path, kind: OriginKind::File }
    }

    /// A file in git's index, by the path it is shown under.
    pub(crate) fn staged(path: PathText) -> Self {
        Self { path, kind: OriginKind::Staged }
    }

    /// A file in git's history.
    pub(crate) fn commit(path: PathText, commit: Commit) -> Self {
        Self { path, kind: OriginKind::Commit(commit) }
    }

    /// The text inside of this one that `members` lead to. What is in git stays there: its path leads to the text.
    pub(crate) fn packed(&self, members: Vec<PathText>) -> Self {
        let packed = Self { path: self.path.clone(), kind: OriginKind::Archive { members } };
        match self.kind {
            OriginKind::Staged | OriginKind::Commit(_) => {
                Self { path: packed.full_path().into_owned(), kind: self.kind.clone() }
            }
            _ => packed,
        }
    }

    /// The message of a commit that is there.
    pub(crate) fn message(commit: Commit) -> Self {
        Self { path: PathText::new(*b"<message>"), kind: OriginKind::Message { commit: Some(commit) } }
    }

    /// The file that holds the message of a commit to come.
    pub(crate) fn message_file(path: PathText) -> Self {
        Self { path, kind: OriginKind::Message { commit: None } }
    }

    /// Standard input.
    pub fn stdin() -> Self {
        Self { path: PathText::new(*b"<stdin>"), kind: OriginKind::Stdin }
    }

    /// Bytes in memory, under a name of the caller's choosing (it is shown as it is).
    pub fn named(name: &str) -> Self {
        Self { path: PathText::new(name), kind: OriginKind::Stdin }
    }

    /// The path it is shown under.
    pub fn path(&self) -> &PathText {
        &self.path
    }

    /// The path, and behind it, each after a `!`, the names that lead to a member of an archive.
    pub fn full_path(&self) -> Cow<'_, PathText> {
        if self.members().is_empty() {
            return Cow::Borrowed(&self.path);
        }
        let parts: Vec<&[u8]> = [&self.path].into_iter().chain(self.members()).map(PathText::as_bytes).collect();
        Cow::Owned(PathText(parts.join(&b'!')))
    }

    /// The names that lead to a member of an archive, outermost first.
    pub fn members(&self) -> &[PathText] {
        if let OriginKind::Archive { members } = &self.kind { members } else { &[] }
    }

    /// What sort of place it is.
    pub fn kind(&self) -> &OriginKind {
        &self.kind
    }

    /// The commit it belongs to, if it does.
    pub fn of_commit(&self) -> Option<&Commit> {
        match &self.kind {
            OriginKind::Commit(commit) | OriginKind::Message { commit: Some(commit) } => Some(commit),
            _ => None,
        }
    }
}
