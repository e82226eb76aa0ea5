//! The key of a run: equal values get equal tags under it, and nobody without it can try values against tags.

use std::fmt;
use std::io::{self, Read};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::model::{Error, Placeholder, Result};

/// A shorter key could be guessed.
const SHORTEST: usize = 16;

/// A secret key for placeholders and manifests. Runs with the same key give the same copies.
///
/// `Debug` shows no byte of it, and its memory is wiped.
#[derive(Clone)]
pub struct Key(Zeroizing<Vec<u8>>);

impl Key {
    /// A key of 32 random bytes, for one run.
    ///
    /// # Errors
    /// [`Error::Setting`] where the system has no randomness.
    pub fn random() -> Result<Self> {
        let mut bytes = Zeroizing::new(vec![0; 32]);
        getrandom::fill(&mut bytes).map_err(|error| Error::Setting(format!("no random key can be made: {error}")))?;
        Ok(Self(bytes))
    }

    /// Reads a key of 16 to 4096 bytes of any kind; line ends behind it are not part of it.
    ///
    /// # Errors
    /// [`Error::Output`] where it cannot be read, is too short or too long; the key is in no message.
    pub fn from_reader(reader: impl Read) -> Result<Self> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(Self::LONGEST as usize + 1));
        reader.take(Self::LONGEST + 1).read_to_end(&mut bytes)?;
        Ok(Self::new(std::mem::take(&mut *bytes))?)
    }

    /// What is longer is no key but another file.
    pub(crate) const LONGEST: u64 = 4096;

    pub(crate) fn new(bytes: Vec<u8>) -> io::Result<Self> {
        let mut bytes = Zeroizing::new(bytes);
        while let Some(b'\n' | b'\r') = bytes.last() {
            bytes.pop();
        }
        if bytes.len() < SHORTEST || bytes.len() as u64 > Self::LONGEST {
            let text = "a key has 16 to 4096 bytes; `head -c 32 /dev/urandom > FILE` makes one";
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        Ok(Self(bytes))
    }

    /// Tells one key from another.
    pub(crate) fn id(&self) -> String {
        hex(&self.digest(b"key", b"")[..8])
    }

    /// The tag of a value. Where so little stands in the value that it could be guessed, a tag would help to guess it.
    pub(crate) fn tag(&self, value: &[u8]) -> Option<String> {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        const LEAST_BITS: f32 = 44.0;
        if bits(value) < LEAST_BITS {
            return None;
        }
        let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte % 32)]);
        Some(self.digest(b"value", value)[..Placeholder::TAG].iter().map(letter).collect())
    }

    /// What a manifest tells of an original with this SHA-256: nobody without the key can try texts against it.
    pub(crate) fn original(&self, sha256: &[u8; 32]) -> String {
        hex(&self.digest(b"original", sha256))
    }

    fn digest(&self, purpose: &[u8], message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(purpose);
        mac.update(&[0]);
        mac.update(message);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} bytes)", self.0.len())
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

    #[test]
    fn a_key_is_neither_short_nor_long() {
        for (text, is_key) in
            [("", false), ("123456789012345", false), ("1234567890123456", true), ("123456789012345\n", false)]
        {
            assert_eq!(Key::from_reader(text.as_bytes()).is_ok(), is_key, "{text:?}");
        }
        assert!(Key::from_reader(io::repeat(7)).is_err());
        assert_eq!(key("1234567890123456\r\n").id(), key("1234567890123456").id());
        assert_eq!(format!("{:?}", key("1234567890123456")), "Key(16 bytes)");
        assert_ne!(Key::random().unwrap().id(), Key::random().unwrap().id());
    }
}
