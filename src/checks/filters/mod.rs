//! What is not a secret, though it stands where one could: placeholders, documented dummies, text without information, what is written
//! and what its label calls something else.

mod bigrams;
mod dummies;
mod entropy;
mod evidence;
mod labels;
mod placeholders;
mod repetition;
mod words;

pub(crate) use dummies::is_dummy;
pub(crate) use entropy::bits_per_byte;
pub(crate) use evidence::{Makeup, evidence, is_generated, is_written};
pub(crate) use labels::is_labelled_otherwise;
pub(crate) use placeholders::{default_of, is_placeholder, is_redacted, stands_for_value};
pub(crate) use repetition::{is_drummed, is_filler, is_made_up, is_repetitive};
pub(crate) use words::holds_example;
