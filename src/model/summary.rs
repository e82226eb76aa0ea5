//! What a whole run amounts to.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Lapse, PathText, Severity};

/// Why something that was asked for was not read, or not read whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum SkipReason {
    /// The system refused; the text is its own (`permission denied`).
    Unreadable {
        /// What the system said.
        message: String,
    },
    /// It was there when listed and gone when opened.
    Vanished,
    /// It ended before the length it had when it was opened.
    Truncated,
    /// It was still growing after it had been read.
    Growing,
    /// A FIFO, socket or device met in a walk: reading it could wait forever or do harm, so it is passed over.
    Special,
    /// A symbolic link that was met and not followed; told only where copies are made.
    Link,
    /// What was named, or was a file when it was listed, is a FIFO, socket, device or directory.
    NotAFile,
    /// A symbolic link that leads back to a directory above itself.
    Loop,
    /// It belongs to a Target Repository, which is not to be read.
    Target {
        /// The target's name; its place is told nowhere.
        target: String,
    },
    /// An object of git's that is not in this clone, as in a partial one, or whose head is broken; nothing is fetched.
    Absent,
    /// A file in conflict: the index has several of it, and none to commit.
    Unmerged,
    /// A Git LFS pointer: what it stands for is not in the repository.
    LfsPointer {
        /// Whether the run was to read everything or be incomplete.
        #[serde(skip)]
        required: bool,
    },
    /// A shallow clone: the commits before its first ones are not here.
    Shallow {
        /// Whether the run was to read everything or be incomplete.
        #[serde(skip)]
        required: bool,
    },
    /// Packed data that are damaged or cut short; what could be read of them was.
    Damaged {
        /// The format of which they are not.
        #[serde(rename = "format")]
        what: &'static str,
    },
    /// Packed or encrypted in a way that tightlip cannot undo.
    Sealed {
        /// What it is, in words that come before "cannot be unpacked".
        what: &'static str,
    },
    /// Packed deeper than was asked for.
    TooDeep {
        /// How many packings, one inside the other, were to be undone.
        most: usize,
    },
    /// So much comes out of so little that it was packed to do harm; the rest was left.
    Bomb,
    /// The scan of this file failed inside tightlip; a bug worth reporting.
    Internal,
}

impl SkipReason {
    /// Whether the run is incomplete because of it (exit 3): nobody asked for a special file or a link that was only met, or, without
    /// `--require-full`, for what was never in the clone; and targets are left out because the user said so.
    pub fn is_incomplete(&self) -> bool {
        !matches!(
            self,
            Self::Special
                | Self::Link
                | Self::Target { .. }
                | Self::LfsPointer { required: false }
                | Self::Shallow { required: false }
        )
    }

    /// In words, for people.
    pub fn describe(&self) -> String {
        match self {
            Self::Unreadable { message } => message.clone(),
            Self::Vanished => "vanished before it could be read".into(),
            Self::Truncated => "was cut short while it was read".into(),
            Self::Growing => "was still growing while it was read".into(),
            Self::Special | Self::NotAFile => "not a regular file".into(),
            Self::Link => "a symbolic link, not followed".into(),
            Self::Loop => "a link back to a directory above it".into(),
            Self::Target { target } => format!("belongs to target `{target}`, which is not to be read"),
            Self::Absent => "missing or broken in this clone; nothing is fetched".into(),
            Self::Unmerged => "in conflict; resolve it and stage the result".into(),
            Self::LfsPointer { .. } => "a Git LFS pointer; what it stands for is not in the repository".into(),
            Self::Shallow { .. } => "a shallow clone; what came before its first commits is not here".into(),
            Self::Damaged { what } => format!("damaged, or cut short: what follows is no {what}"),
            Self::Sealed { what } => format!("{what} cannot be unpacked"),
            Self::TooDeep { most } => format!("packed more than {most} deep (`--max-depth-archive`)"),
            Self::Bomb => "unpacks to so much more than it takes up that the rest was left".into(),
            Self::Internal => "internal error in the scan of this file".into(),
        }
    }
}

/// One thing that was not read, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Skipped {
    /// Its path.
    pub path: PathText,
    /// Why.
    #[serde(flatten)]
    pub reason: SkipReason,
}

/// What kept the run away from Target Repositories.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walls {
    /// How many targets every open was checked against.
    pub targets: usize,
    /// What the kernel enforced besides, such as `landlock 7`: the second wall.
    pub kernel: Option<String>,
}

impl Walls {
    /// Whether there was nothing to keep away from, and no wall.
    pub fn is_none(&self) -> bool {
        self.targets == 0 && self.kernel.is_none()
    }
}

/// `2 targets kept closed, by name and by the kernel (landlock 6)`.
impl fmt::Display for Walls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.targets == 1 { "" } else { "s" };
        write!(f, "{} target{plural} kept closed, ", self.targets)?;
        match &self.kernel {
            Some(kernel) => write!(f, "by name and by the kernel ({kernel})"),
            None => f.write_str("by name only"),
        }
    }
}

/// Counts of a run, in path order where there is an order.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Bytes read and searched.
    pub bytes: u64,
    /// Files read; standard input counts as one, and so does each text in an archive.
    pub files: u64,
    /// Open findings by severity, lowest first: low, medium, high, critical.
    pub open: [u64; 4],
    /// Findings suppressed by an inline comment, a baseline or the configuration.
    pub suppressed: u64,
    /// Open findings that were counted but not listed, because one file had more than the limit.
    pub unlisted: u64,
    /// What was not read, or not whole, sorted by path.
    pub skipped: Vec<Skipped>,
    /// Which walls stood.
    pub walls: Walls,
    /// Acceptances that do not fit any more, sorted by file and line.
    pub lapses: Vec<Lapse>,
    /// Wall time.
    pub duration: Duration,
    /// Digest of the rule set, 16 hex digits.
    pub ruleset: String,
}

impl Summary {
    /// Open findings of all severities.
    pub fn open_total(&self) -> u64 {
        self.open.iter().sum()
    }

    /// Open findings of one severity.
    pub fn open_of(&self, severity: Severity) -> u64 {
        self.open[severity as usize]
    }

    /// Whether everything that was asked for was read.
    pub fn is_complete(&self) -> bool {
        !self.skipped.iter().any(|skipped| skipped.reason.is_incomplete())
    }

    /// The exit code of the contract: 1 open findings, 3 incomplete, 0 clean.
    pub fn exit_code(&self) -> u8 {
        // What is not listed may be all that is open.
        if self.open_total() + self.unlisted > 0 {
            1
        } else if self.is_complete() {
            0
        } else {
            3
        }
    }
}
