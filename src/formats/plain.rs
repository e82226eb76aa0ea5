//! Plain text: one scalar, which stands for itself.

use std::borrow::Cow;

use super::format::{Format, NotThis, Role, Scalar, Take};

pub(super) struct Plain;

impl Format for Plain {
    fn name(&self) -> &'static str {
        "text"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["txt", "log", "text"]
    }

    fn looks_like(&self, _: &[u8]) -> bool {
        true
    }

    fn visit(&self, text: &[u8], take: Take<'_>) -> Result<(), NotThis> {
        if !text.is_empty() {
            take(Scalar::bare(0..text.len(), Role::Text));
        }
        Ok(())
    }

    fn decode<'t>(&self, text: &'t [u8], at: &Scalar) -> Cow<'t, [u8]> {
        Cow::Borrowed(at.stored(text))
    }

    fn encode(&self, _: &[u8], _: &Scalar, value: &[u8]) -> Vec<u8> {
        value.to_vec()
    }
}
