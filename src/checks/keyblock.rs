//! Key blocks: from the head of a PEM or `PuTTY` key to its end, however it is wrapped.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::{self, Finder};

use super::shapes::Match;

/// No block is longer; RSA keys of 16,384 bits take 13 KiB.
const LONGEST_BLOCK: usize = 16 * 1024;

/// A head with less key material behind it is a mention of the format, not a key.
const LEAST_MATERIAL: usize = 40;

/// The block that begins with `head` and goes on to `until` and the rest of its line. Where `until` is missing (cut off, or another
/// block begins first), the block ends with the last byte that can be key material. `None` where there is no material.
pub(super) fn extend(text: &[u8], head: &Range<usize>, until: &str) -> Option<Match> {
    let body = &text[head.end..text.len().min(head.end + LONGEST_BLOCK)];
    let body = &body[..next_head(body).unwrap_or(body.len())];
    if body.len() < LEAST_MATERIAL {
        return None;
    }
    let (material, len) = if let Some(at) = memmem::find(body, until.as_bytes()) {
        (at, at + until.len() + rest_of_line(&body[at + until.len()..]))
    } else {
        let reach = reach(body);
        (reach, reach)
    };
    let letters = body[..material].iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    let block = head.start..head.end + len;
    (letters >= LEAST_MATERIAL).then(|| Match { whole: block.clone(), secret: block })
}

/// Where another block's head begins. Key material holds no run of five dashes, so the search ends soon on hostile text too.
fn next_head(body: &[u8]) -> Option<usize> {
    static HEADS: LazyLock<[Finder<'static>; 2]> =
        LazyLock::new(|| [Finder::new("-----BEGIN"), Finder::new("PuTTY-User-Key-File-")]);
    HEADS.iter().find_map(|head| head.find(body))
}

/// The hex digits or dashes that follow the end mark on its line (a MAC, the closing dashes).
fn rest_of_line(text: &[u8]) -> usize {
    text.iter().take(160).position(|byte| !byte.is_ascii_hexdigit() && *byte != b'-').unwrap_or(0)
}

/// Bytes up to the end of the last line that is all key material: base64, armor headers, escaped or indented line ends.
fn reach(body: &[u8]) -> usize {
    let is_material = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=\\ \t\r\n:,-_.".contains(byte);
    let end = body.iter().position(|byte| !is_material(byte)).unwrap_or(body.len());
    let line = body[..end].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    // The line that something else ends counts when that closes a string; words of a sentence do not.
    let tail = &body[line..end];
    let end = if tail.contains(&b' ') && !tail.contains(&b'\\') { line } else { end };
    body[..end].trim_ascii_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNTIL: &str = "-----END X KEY-----";

    fn block(body: &str) -> Option<usize> {
        let head = "-----BEGIN X KEY-----";
        extend(format!("{head}{body}").as_bytes(), &(0..head.len()), UNTIL).map(|found| found.whole.end - head.len())
    }

    #[test]
    fn blocks_end_where_their_keys_end() {
        let line = "Ab1+".repeat(16);
        let whole = format!("\n{line}\n{line}\n{UNTIL}");
        assert_eq!(block(&format!("{whole}\nafter")), Some(whole.len()));
        let escaped = format!("\\n{line}\\n{UNTIL}");
        assert_eq!(block(&format!("{escaped}\\n\",")), Some(escaped.len()));
        let cut = format!("\n{line}\n{line}");
        assert_eq!(block(&format!("{cut}\n-----BEGIN X KEY-----\n")), Some(cut.len()));
        assert_eq!(block(&format!("{cut}\nand then some words.\n(end)")), Some(cut.len() + 21));
        assert_eq!(block(&format!("\\n{line}\", \"x\": 1")), Some(line.len() + 2));
    }

    #[test]
    fn a_mention_is_no_block() {
        for body in ["", "\" in line", "\n...\n-----END X KEY-----", "\nyour key here\n-----END X KEY-----"] {
            assert_eq!(block(body), None, "{body}");
        }
    }
}
