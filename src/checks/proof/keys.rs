//! Private keys between BEGIN and END lines: DER, OpenSSH's and PGP's.

use super::armor::Armor;
use super::{Verdict, pgp};

/// Any private key, by its label.
pub(super) fn private_key(block: &[u8]) -> Option<Verdict> {
    let armor = Armor::off(block)?;
    match armor.label {
        b"OPENSSH PRIVATE KEY" => openssh_body(&armor.body),
        label if label.starts_with(b"PGP ") => pgp::armor_off(&armor),
        _ => der_body(&armor),
    }
}

pub(super) fn pem_der(block: &[u8]) -> Option<Verdict> {
    der_body(&Armor::off(block)?)
}

pub(super) fn openssh(block: &[u8]) -> Option<Verdict> {
    openssh_body(&Armor::off(block)?.body)
}

/// The outer SEQUENCE is as long as it says. A body that OpenSSL has encrypted (by its header lines) can tell nothing.
fn der_body(armor: &Armor<'_>) -> Option<Verdict> {
    if armor.encrypted {
        return Some(Verdict::default().with(Some("encrypted".into())));
    }
    let length = match *armor.body.as_slice() {
        [0x30, length @ 0..=0x7f, ..] => 2 + usize::from(length),
        [0x30, 0x81, length, ..] => 3 + usize::from(length),
        [0x30, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([high, low])),
        [0x30, 0x83, high, middle, low, ..] => 5 + u32::from_be_bytes([0, high, middle, low]) as usize,
        _ => return None,
    };
    let encrypted = armor.label.starts_with(b"ENCRYPTED ").then(|| "encrypted".into());
    (length == armor.body.len()).then(|| Verdict::structure().with(encrypted))
}

/// The lengths fit; where there is no cipher, the two check numbers are equal.
fn openssh_body(body: &[u8]) -> Option<Verdict> {
    let mut reader = Reader(body.strip_prefix(b"openssh-key-v1\0")?);
    let cipher = reader.string()?;
    let (_derivation, _options) = (reader.string()?, reader.string()?);
    let keys = reader.number()?;
    let mut kind = None;
    for _ in 0..keys {
        let public = reader.string()?;
        kind = kind.or_else(|| Reader(public).string());
    }
    let private = reader.string()?;
    if !reader.0.is_empty() {
        return None;
    }
    let encrypted = cipher != b"none";
    if !encrypted && private.get(..4)? != private.get(4..8)? {
        return None;
    }
    let kind = KINDS.iter().find(|known| kind == Some(known.as_bytes()));
    let words = [encrypted.then_some("encrypted"), kind.copied()];
    let detail = words.into_iter().flatten().collect::<Vec<_>>().join(", ");
    Some(Verdict::structure().with((!detail.is_empty()).then_some(detail)))
}

/// The kinds of OpenSSH keys that may be named in a report.
static KINDS: &[&str] = &[
    "ssh-ed25519",
    "ssh-rsa",
    "ssh-dss",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];

/// Reads SSH's numbers and strings.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let length = self.number()? as usize;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }
}
