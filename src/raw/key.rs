//! The key under which values are named without being shown: HMAC-SHA256 of a value means nothing to who does not hold it.

use std::fmt;
use std::io::Read;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::Secret;
use crate::model::{Error, Result};

/// Fewer bytes could be guessed.
const SHORTEST: usize = 16;

/// More bytes are not a key but the wrong file.
const LONGEST: usize = 4096;

/// A secret of the project's own. Whoever holds it can test guesses at a value; it is wiped from memory when dropped, and never shown.
#[derive(Clone)]
pub struct Key {
    /// Holds what HMAC makes of the key; wipes itself.
    mac: Hmac<Sha256>,
    len: usize,
}

impl Key {
    /// Reads a key to its end: 16 to 4096 bytes of any kind. Line ends after the last byte do not count, so that a key may be a line
    /// of text.
    ///
    /// # Errors
    /// [`Error::Output`] where reading fails, [`Error::Setting`] where the key is too short or too long.
    pub fn from_reader(reader: impl Read) -> Result<Self> {
        // Room for all of it at once: what a growing buffer leaves behind would not be wiped.
        let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST + 2));
        reader.take(LONGEST as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > LONGEST {
            return Err(Error::Setting(format!("a key has at most {LONGEST} bytes")));
        }
        let len = bytes.iter().rposition(|byte| !b"\r\n".contains(byte)).map_or(0, |last| last + 1);
        bytes.truncate(len);
        if len < SHORTEST {
            let mend = "`head -c 32 /dev/urandom | base64` makes a good one";
            return Err(Error::Setting(format!("a key has at least {SHORTEST} bytes, this one has {len}; {mend}")));
        }
        Self::new(&bytes)
    }

    /// A key of 32 random bytes, for one run.
    ///
    /// # Errors
    /// [`Error::Setting`] where the system has no randomness.
    pub fn random() -> Result<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes).map_err(|error| Error::Setting(format!("no random key can be made: {error}")))?;
        Self::new(&*bytes)
    }

    fn new(bytes: &[u8]) -> Result<Self> {
        let mac = Hmac::new_from_slice(bytes).map_err(|error| Error::Setting(error.to_string()))?;
        Ok(Self { mac, len: bytes.len() })
    }

    /// Tells one key from another: 16 hex digits.
    pub(crate) fn id(&self) -> String {
        HEXLOWER.encode(&self.mac("key").finalize().into_bytes()[..8])
    }

    /// An HMAC-SHA256 under this key, ready to take bytes. What is made for one purpose is never equal to what is made for another.
    pub(crate) fn mac(&self, purpose: &str) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac
    }
}

impl Secret<'_> {
    /// Names the value under a key, for one purpose: equal values have equal names, and nothing else is told.
    pub(crate) fn name(self, key: &Key, purpose: &str) -> [u8; 32] {
        let mut mac = key.mac(purpose);
        mac.update(self.expose());
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} bytes)", self.len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_neither_short_nor_long_nor_shown() {
        for (len, ends, fault) in [
            (16, "", None),
            (16, "\r\n", None),
            (LONGEST, "", None),
            (15, "\n", Some("a key has at least 16 bytes, this one has 15")),
            (0, "\n\n", Some("a key has at least 16 bytes, this one has 0")),
            (LONGEST, "\n", Some("a key has at most 4096 bytes")),
        ] {
            let text = "k".repeat(len) + ends;
            match (Key::from_reader(text.as_bytes()), fault) {
                (Ok(key), None) => assert_eq!(format!("{key:?}"), format!("Key({len} bytes)")),
                (Err(error), Some(fault)) => assert!(error.to_string().starts_with(fault), "{error}"),
                (got, _) => panic!("{len} bytes: {got:?}"),
            }
        }
    }

    #[test]
    fn a_name_is_the_hmac_of_purpose_and_value() {
        // printf 'tag\0value' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf 'aa%.0s' {1..131})
        let key = Key::from_reader(&[0xaa; 131][..]).unwrap();
        let name = |key: &Key, purpose, value: &str| HEXLOWER.encode(&Secret::new(value.as_bytes()).name(key, purpose));
        assert_eq!(name(&key, "tag", "value"), "7d49701252b09f0cc9218d41a082a4e904afd5e2c7958ac52ce8a47b4cc74ef6");
        assert_ne!(name(&key, "tag", "value"), name(&key, "gat", "value"));
        let other = Key::from_reader(&[0xab; 131][..]).unwrap();
        assert_ne!(name(&key, "tag", "value"), name(&other, "tag", "value"));
        assert_eq!([&key, &key, &other].map(Key::id).map(|id| id == key.id()), [true, true, false]);
        let random = || name(&Key::random().unwrap(), "tag", "value");
        assert_ne!(random(), random());
    }
}
