//! Random values for examples: characters of a set, UUIDs, JWTs and PEM blocks, the same on every machine for the same seed.

use std::ops::RangeInclusive;

use data_encoding::{BASE64, BASE64URL_NOPAD};

/// Completes a token: given a proof's name and all before the check characters, returns those.
pub(crate) type Sign<'s> = &'s dyn Fn(&str, &str) -> Option<String>;

const DIGITS: RangeInclusive<u8> = b'0'..=b'9';
const LOWER: RangeInclusive<u8> = b'a'..=b'z';
const UPPER: RangeInclusive<u8> = b'A'..=b'Z';

/// The sets of characters: name, ranges, and what is in no range.
static SETS: &[(&str, &[RangeInclusive<u8>], &str)] = &[
    ("d", &[DIGITS], ""),
    ("x", &[DIGITS, b'a'..=b'f'], ""),
    ("X", &[DIGITS, b'a'..=b'f', b'A'..=b'F'], ""),
    ("L", &[LOWER], ""),
    ("U", &[UPPER], ""),
    ("A", &[UPPER, LOWER], ""),
    ("L36", &[DIGITS, LOWER], ""),
    ("U36", &[DIGITS, UPPER], ""),
    ("W", &[DIGITS, UPPER, LOWER], ""),
    ("V", &[DIGITS, UPPER, LOWER], "_-"),
    ("B", &[DIGITS, UPPER, LOWER], "+/"),
    ("b32", &[UPPER, b'2'..=b'7'], ""),
    ("b32lower", &[LOWER, b'2'..=b'7'], ""),
    ("b58", &[b'1'..=b'9', b'A'..=b'H', b'J'..=b'N', b'P'..=b'Z', b'a'..=b'k', b'm'..=b'z'], ""),
    ("bech32", &[b'2'..=b'9', b'c'..=b'h', b'j'..=b'n', b'p'..=b'z'], "0a"),
    ("BECH32", &[b'2'..=b'9', b'C'..=b'H', b'J'..=b'N', b'P'..=b'Z'], "0A"),
    ("h64", &[DIGITS, UPPER, LOWER], "./"),
    ("P", &[DIGITS, UPPER, LOWER], ".-_~"),
    ("print", &[b'!'..=b'~'], ""),
];

/// A run of at least so many characters holds each class (digit, upper, lower) of its set, as real tokens all but always do.
const MIXED_FROM: usize = 8;

/// The characters of a set, or `None` where no set has that name.
pub(super) fn alphabet(name: &str) -> Option<Vec<u8>> {
    let (_, ranges, others) = SETS.iter().find(|(known, ..)| *known == name)?;
    Some(ranges.iter().cloned().flatten().chain(others.bytes()).collect())
}

/// `SplitMix64`: small, and the same everywhere.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }

    /// `len` characters of an alphabet.
    pub(super) fn chars(&mut self, alphabet: &[u8], len: usize) -> String {
        let classes = [u8::is_ascii_digit, u8::is_ascii_uppercase, u8::is_ascii_lowercase];
        loop {
            let drawn: Vec<u8> = (0..len).map(|_| alphabet[self.below(alphabet.len())]).collect();
            let mixed = classes.iter().all(|class| drawn.iter().any(class) || !alphabet.iter().any(class));
            if len < MIXED_FROM || mixed {
                return drawn.into_iter().map(char::from).collect();
            }
        }
    }

    /// A UUID, version 4.
    pub(super) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        let (time, version) = (high >> 32, high & 0xfff);
        let variant = 0x8000 | (low >> 48 & 0x3fff);
        format!("{time:08x}-{:04x}-4{version:03x}-{variant:04x}-{:012x}", high >> 16 & 0xffff, low & 0xffff_ffff_ffff)
    }

    /// A JWT, well-formed and signed with random bytes; `None` where the algorithm is unknown.
    pub(super) fn jwt(&mut self, algorithm: &str) -> Option<String> {
        let signature = match algorithm {
            "HS256" => 32,
            "HS384" => 48,
            "HS512" | "ES256" | "EdDSA" => 64,
            "ES384" => 96,
            "ES512" => 132,
            "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => 256,
            _ => return None,
        };
        let issued = 1_700_000_000 + self.below(100_000_000);
        let header = format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#);
        let payload = format!(r#"{{"sub":"{}","iat":{issued},"exp":{}}}"#, self.uuid(), issued + 86_400);
        let parts = [header.into_bytes(), payload.into_bytes(), self.bytes(signature)];
        Some(parts.map(|part| BASE64URL_NOPAD.encode(&part)).join("."))
    }

    /// A PEM block of a label, its body random but of the right structure.
    pub(super) fn pem(&mut self, label: &str, sign: Sign<'_>) -> Result<String, String> {
        let (head, body, width) = match label {
            "OPENSSH PRIVATE KEY" => ("", self.openssh(), 70),
            _ if label.starts_with("PGP ") => ("\n", self.pgp(), 64),
            _ => ("", self.der(), 64),
        };
        let mut text = format!("-----BEGIN {label}-----\n{head}");
        for line in BASE64.encode(&body).as_bytes().chunks(width) {
            text.extend(line.iter().copied().map(char::from));
            text.push('\n');
        }
        if label.starts_with("PGP ") {
            let check =
                sign("crc24-armor", &text).ok_or("the proof `crc24-armor`, which PGP blocks need, cannot sign")?;
            text.push_str(&check);
            text.push('\n');
        }
        Ok(format!("{text}-----END {label}-----"))
    }

    /// A SEQUENCE of a version and a random octet string, its length in the two-byte form that real keys have.
    fn der(&mut self) -> Vec<u8> {
        let key = self.bytes(320);
        let mut inner = vec![0x02, 0x01, 0x00, 0x04, 0x82];
        inner.extend((key.len() as u16).to_be_bytes());
        inner.extend(key);
        let mut whole = vec![0x30, 0x82];
        whole.extend((inner.len() as u16).to_be_bytes());
        whole.extend(inner);
        whole
    }

    /// An unencrypted Ed25519 key of random bytes.
    fn openssh(&mut self) -> Vec<u8> {
        let public = [field(b"ssh-ed25519"), field(&self.bytes(32))].concat();
        let check = self.bytes(4);
        let mut private = [&check, &check, public.as_slice(), &field(&self.bytes(64)), &field(b"")].concat();
        private.extend((1..).take(private.len().wrapping_neg() % 8));
        let head =
            [b"openssh-key-v1\0".to_vec(), field(b"none"), field(b"none"), field(b""), 1_u32.to_be_bytes().to_vec()];
        [head.concat(), field(&public), field(&private)].concat()
    }

    /// A secret-key packet of random bytes.
    fn pgp(&mut self) -> Vec<u8> {
        let key = self.bytes(400);
        let mut packet = vec![0x95];
        packet.extend((key.len() as u16).to_be_bytes());
        packet.extend(key);
        packet
    }
}

/// An SSH string: its length, then its bytes.
fn field(bytes: &[u8]) -> Vec<u8> {
    [(bytes.len() as u32).to_be_bytes().as_slice(), bytes].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_have_the_size_their_name_says() {
        let sizes = [
            ("d", 10),
            ("x", 16),
            ("X", 22),
            ("L", 26),
            ("U", 26),
            ("A", 52),
            ("L36", 36),
            ("U36", 36),
            ("W", 62),
            ("V", 64),
            ("B", 64),
            ("b32", 32),
            ("b32lower", 32),
            ("b58", 58),
            ("bech32", 32),
            ("BECH32", 32),
            ("h64", 64),
            ("P", 66),
            ("print", 94),
        ];
        assert_eq!(sizes.len(), SETS.len());
        for (name, size) in sizes {
            let mut set = alphabet(name).unwrap();
            set.sort_unstable();
            set.dedup();
            assert_eq!(set.len(), size, "{name}");
        }
    }

    #[test]
    fn the_generator_is_splitmix64() {
        let mut random = Random::new(1_234_567);
        assert_eq!([random.next(), random.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }
}
