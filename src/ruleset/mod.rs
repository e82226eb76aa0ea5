//! Rules as they are written: the built-in set, and the user's files in the same language.

mod compile;
mod load;
mod schema;

pub(crate) use compile::{ByteSet, LONGEST_MATCH, Program, Sequence, Step, compile};
pub use load::RuleSet;
pub(crate) use schema::Rule;
