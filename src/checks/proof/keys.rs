//! Private keys between BEGIN and END lines: DER, OpenSSH's and PGP's.

use memchr::memmem;

use super::{Verdict, pgp};

/// A block as it was armored: its label, and what stood between the lines.
pub(super) struct Armor<'a> {
    pub(super) label: &'a [u8],
    encrypted: bool,
    /// Without the checksum.
    pub(super) body: Vec<u8>,
    /// The four characters behind `=` on PGP's last line.
    pub(super) check: Option<[u8; 4]>,
}

impl<'a> Armor<'a> {
    /// Takes the armor off, however the lines are broken: by line ends, by `\n` in so many characters (and more backslashes), or by
    /// blanks. `None` where it is cut off or not base64.
    pub(super) fn off(block: &'a [u8]) -> Option<Self> {
        let start = memmem::find(block, b"-----BEGIN ")? + "-----BEGIN ".len();
        let label = &block[start..start + memmem::find(&block[start..], b"-----")?];
        let inside = &block[start + label.len() + "-----".len()..];
        let inside = &inside[..memmem::find(inside, b"-----END ")?];
        let (mut characters, mut encrypted) = (Vec::with_capacity(inside.len()), false);
        for line in lines(inside) {
            if line.contains(&b':') {
                encrypted |= line.ends_with(b"ENCRYPTED");
            } else {
                characters.extend(line.iter().filter(|byte| !matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b',')));
            }
        }
        let mut check = None;
        if let Some((body, [b'=', last @ ..])) = characters.split_last_chunk::<5>()
            && !last.contains(&b'=')
        {
            check = Some(*last);
            characters.truncate(body.len());
        }
        Some(Self { label, encrypted, body: super::base64(&characters)?, check })
    }
}

/// The lines of a text, where `\n` and `\r` may be written with backslashes. Another escape, such as `\/`, is read without its backslash.
fn lines(mut text: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if text.is_empty() {
            return None;
        }
        let end = memchr::memchr3(b'\n', b'\r', b'\\', text).unwrap_or(text.len());
        let (line, rest) = text.split_at(end);
        let escape = rest.iter().take_while(|&&byte| byte == b'\\').count();
        let skip = escape + usize::from(escape == 0 || matches!(rest.get(escape), Some(b'n' | b'r')));
        text = rest.get(skip..).unwrap_or_default();
        Some(line)
    })
}

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
