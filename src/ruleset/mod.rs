//! Rules as they are written: the built-in set, and the user's files in the same language.

mod examples;
mod load;
mod schema;
mod specimens;

pub(crate) use examples::{Example, expand};
pub use load::RuleSet;
pub(crate) use schema::Rule;
