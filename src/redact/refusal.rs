//! Why a text is not redacted but refused.

use std::fmt;

/// Why there is no copy. In words that hold nothing of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The search, or the redaction, failed inside tightlip.
    Internal,
    /// Something is still found after all rounds.
    Persistent,
    /// A secret stands where nothing is edited: in the name of an element, in an anchor.
    Structure,
    /// The copy is not of the shape of the original.
    Shape(&'static str),
    /// Another original has this name.
    Taken,
    /// Something that is packed cannot be read, or not be packed again: a member of an archive, as it may be shown, or all of it.
    Packed {
        /// The names that lead to it; none for all of it.
        member: String,
        /// Why.
        reason: String,
    },
    /// What stands around the members of an archive would have to be redacted.
    #[cfg_attr(not(feature = "unpack"), allow(dead_code, reason = "without the feature nothing is unpacked"))]
    Frame,
    /// The copy could not be written; in the system's words.
    Unwritten(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internal => f.write_str("internal error in the redaction of this file"),
            Self::Persistent => f.write_str("the copy is not clean"),
            Self::Structure => {
                f.write_str("a secret stands in its structure, in a name or a declaration, where nothing is changed")
            }
            Self::Shape(format) => write!(f, "the copy would not keep the structure of its {format}"),
            Self::Taken => f.write_str("another file has this name in the copy"),
            Self::Packed { member, reason } if member.is_empty() => f.write_str(reason),
            Self::Packed { member, reason } => write!(f, "member {member}: {reason}"),
            Self::Frame => f.write_str("names or comments in it would have to be redacted, which is not done"),
            Self::Unwritten(message) => write!(f, "cannot be written: {message}"),
        }
    }
}
