//! The armor around a key: BEGIN and END, and base64 between them.

use memchr::memmem;

/// A block as it was armored: its label, and what stood between the lines.
pub(super) struct Armor<'a> {
    pub(super) label: &'a [u8],
    pub(super) encrypted: bool,
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
