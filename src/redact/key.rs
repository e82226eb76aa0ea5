//! What is named under the key of a run: equal values get equal tags, and nobody without it can try values against tags.

use hmac::Mac as _;

use crate::model::Placeholder;
use crate::raw::Key;

impl Key {
    /// The tag of a value. Where so little stands in the value that it could be guessed, a tag would help to guess it.
    pub(crate) fn tag(&self, value: &[u8]) -> Option<String> {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        const LEAST_BITS: f32 = 44.0;
        if bits(value) < LEAST_BITS {
            return None;
        }
        let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte % 32)]);
        Some(self.digest("value", value)[..Placeholder::TAG].iter().map(letter).collect())
    }

    /// What a manifest tells of an original with this SHA-256: nobody without the key can try texts against it.
    pub(crate) fn original(&self, sha256: &[u8; 32]) -> String {
        hex(&self.digest("original", sha256))
    }

    fn digest(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        self.mac(purpose).chain_update(message).finalize().into_bytes().into()
    }
}

/// A digest as manifests write it.
pub(crate) fn hex(digest: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(digest)
}

/// Shannon's entropy of all of the value.
fn bits(value: &[u8]) -> f32 {
    let mut counts = [0_u32; 256];
    for &byte in value {
        counts[usize::from(byte)] += 1;
    }
    let total = value.len() as f32;
    let bits = |count: u32| count as f32 * (total / count as f32).log2();
    counts.into_iter().filter(|&count| count > 0).map(bits).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::from_reader(text.as_bytes()).unwrap()
    }

    #[test]
    fn tags_are_of_value_and_key() {
        let (one, other) = (key("one key of many, long enough"), key("other key of many, long enough"));
        let value = b"q7Zt2LmX9wRk4Vb8Ns3Jd6Hf1G";
        assert_eq!(one.tag(value), one.clone().tag(value));
        assert_ne!(one.tag(value), other.tag(value));
        assert_ne!(one.tag(value), one.tag(&value[1..]));
        assert_eq!(one.tag(value).map(|tag| tag.len()), Some(Placeholder::TAG));
        for guessable in ["", "hunter2", "1234567890", "aaaaaaaaaaaaaaaaaaaaaaaa"] {
            assert_eq!(one.tag(guessable.as_bytes()), None, "{guessable}");
        }
        assert_ne!(one.id(), other.id());
        assert_ne!(one.original(&[0; 32]), other.original(&[0; 32]));
    }
}
