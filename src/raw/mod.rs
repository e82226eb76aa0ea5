//! The nouns that may hold secret bytes. Nothing in this room prints, serialises or formats a value.

mod hit;
mod key;
mod known;
mod leak;
mod room;
mod secret;
mod text;

pub(crate) use hit::{Hit, Wrapping};
pub use key::Key;
pub use known::KnownValues;
pub(crate) use leak::{Leak, SecretBytes};
pub(crate) use room::Room;
pub(crate) use secret::{Secret, is_word};
pub(crate) use text::{OffsetMap, Text};
