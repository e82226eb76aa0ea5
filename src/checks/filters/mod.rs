//! What is not a secret, though it stands where one could: placeholders, documented dummies, text without information.

mod dummies;
mod entropy;
mod placeholders;
mod repetition;
mod words;

pub(crate) use dummies::is_dummy;
pub(crate) use entropy::bits_per_byte;
pub(crate) use placeholders::{default_of, is_placeholder, is_redacted};
pub(crate) use repetition::{is_drummed, is_repetitive};
