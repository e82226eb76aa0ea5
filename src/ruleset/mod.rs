//! Rules as they are written: the built-in set, and the user's files in the same language.

mod load;
mod schema;

pub use load::RuleSet;
pub(crate) use schema::Rule;
