//! Rules as they are written: the built-in set, and the user's files in the same language.

mod compile;
mod examples;
mod load;
mod lookup;
mod page;
mod schema;
mod sound;
mod specimens;

pub(crate) use crate::model::plain;
pub(crate) use compile::{ByteSet, LONGEST_MATCH, Program, Sequence, Step, compile};
pub(crate) use examples::{Example, expand};
pub use load::RuleSet;
pub(crate) use schema::Rule;
