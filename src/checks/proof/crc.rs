//! Tokens that carry a CRC-32 of themselves.

use std::ops::RangeInclusive;

use super::Verdict;

/// The digits of GitHub and those who followed it.
pub(super) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE62_LOWER_FIRST: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// How a kind of token carries its CRC: prefix, body, separator, CRC.
pub(super) struct Layout {
    prefixes: &'static [&'static str],
    body: RangeInclusive<usize>,
    covers_prefix: bool,
    separator: &'static str,
    crc: Spelling,
}

/// How a CRC is spelt.
enum Spelling {
    /// Six digits of base 62.
    Base62(&'static [u8]),
    HexLower,
    HexUpper,
    /// Lower hex of the four bytes, least significant first.
    HexSwapped,
}

pub(super) static GITHUB: Layout = bare(&["ghp_", "gho_", "ghu_", "ghs_"], 30, Spelling::Base62(BASE62));
pub(super) static GITHUB_REFRESH: Layout = bare(&["ghr_"], 70, Spelling::Base62(BASE62));
pub(super) static NPM: Layout = bare(&["npm_"], 30, Spelling::Base62(BASE62));
pub(super) static VERCEL: Layout = bare(&["vcp_", "vci_", "vca_", "vcr_", "vck_"], 50, Spelling::Base62(BASE62));
pub(super) static DENO: Layout =
    Layout { covers_prefix: true, ..bare(&["ddp_", "ddo_"], 30, Spelling::Base62(BASE62)) };
pub(super) static APIFY: Layout =
    Layout { covers_prefix: true, ..bare(&["apify_api_"], 30, Spelling::Base62(BASE62_LOWER_FIRST)) };
pub(super) static CLOUDFLARE: Layout = bare(&["cfut_", "cfat_", "cfk_"], 40, Spelling::HexLower);
/// The body ends in `=`, which the CRC covers.
pub(super) static ATLASSIAN: Layout =
    Layout { body: 100..=260, covers_prefix: true, ..bare(&["ATATT3", "ATCTT3"], 0, Spelling::HexUpper) };
pub(super) static BITBUCKET: Layout = Layout { covers_prefix: true, ..bare(&["ATBB"], 24, Spelling::HexUpper) };
pub(super) static GRAFANA: Layout =
    Layout { covers_prefix: true, separator: "_", ..bare(&["glsa_"], 32, Spelling::HexSwapped) };
pub(super) static ZUPLO: Layout = Layout { separator: "_", ..bare(&["zpka_"], 32, Spelling::HexLower) };

/// A CRC of the body alone, right behind it.
const fn bare(prefixes: &'static [&'static str], body: usize, crc: Spelling) -> Layout {
    Layout { prefixes, body: body..=body, covers_prefix: false, separator: "", crc }
}

impl Layout {
    pub(super) fn prove(&self, token: &[u8]) -> Option<Verdict> {
        let prefix = self.prefix_of(token)?;
        Some(Verdict::checksum_if(self.holds(token, prefix).is_some()))
    }

    fn holds(&self, token: &[u8], prefix: usize) -> Option<()> {
        let (rest, crc) = token.split_at_checked(token.len().checked_sub(self.crc.width())?)?;
        let covered = rest.strip_suffix(self.separator.as_bytes())?;
        (self.crc_of(covered, prefix)?.as_bytes() == crc).then_some(())
    }

    /// The separator, unless it is there, and the CRC.
    pub(super) fn sign(&self, token: &str) -> Option<String> {
        let prefix = self.prefix_of(token.as_bytes())?;
        let (covered, separator) = match token.strip_suffix(self.separator) {
            Some(covered) if covered.len() < token.len() => (covered, ""),
            _ => (token, self.separator),
        };
        Some(format!("{separator}{}", self.crc_of(covered.as_bytes(), prefix)?))
    }

    fn prefix_of(&self, token: &[u8]) -> Option<usize> {
        self.prefixes.iter().find(|prefix| token.starts_with(prefix.as_bytes())).map(|prefix| prefix.len())
    }

    /// The CRC, spelt; `None` where the body has not the length of its kind.
    fn crc_of(&self, covered: &[u8], prefix: usize) -> Option<String> {
        let body = covered.get(prefix..).filter(|body| self.body.contains(&body.len()))?;
        Some(self.crc.spell(crc32(if self.covers_prefix { covered } else { body })))
    }
}

impl Spelling {
    const fn width(&self) -> usize {
        match self {
            Self::Base62(_) => 6,
            Self::HexLower | Self::HexUpper | Self::HexSwapped => 8,
        }
    }

    fn spell(&self, crc: u32) -> String {
        match self {
            Self::Base62(alphabet) => radix(crc.into(), alphabet, self.width()),
            Self::HexLower => format!("{crc:08x}"),
            Self::HexUpper => format!("{crc:08X}"),
            Self::HexSwapped => format!("{:08x}", crc.swap_bytes()),
        }
    }
}

/// GitHub's classic tokens. Server tokens (`ghs_`) have a second, longer form without this CRC.
pub(super) fn github(token: &[u8]) -> Option<Verdict> {
    if token.starts_with(b"ghs_") && token.len() > 40 { None } else { GITHUB.prove(token) }
}

pub(super) fn sign_github(token: &str) -> Option<String> {
    GITHUB.sign(token)
}

/// GitLab's routable tokens: `prefix payload [.version] .LLCCCCCCC`, where `LL` is the length of the payload and `C…` the CRC of all
/// before it, both in base 36. The payload tells where the token belongs. Job tokens may hold a JWT instead: they end otherwise.
pub(super) fn gitlab(token: &[u8]) -> Option<Verdict> {
    let dot = token.iter().rposition(|&byte| byte == b'.')?;
    let ending = &token[dot + 1..];
    if ending.len() != 9 || !ending.iter().all(|byte| BASE36.contains(byte)) || !is_gitlab(&token[..dot]) {
        return None;
    }
    let payload = gitlab_payload(token, dot);
    let verdict = Verdict::checksum_if(payload.is_some());
    Some(verdict.with(payload.and_then(gitlab_routing)))
}

/// Whether one of the words that the text begins with is `gl…`: an instance may put its own before it.
fn is_gitlab(head: &[u8]) -> bool {
    head.split(|&byte| byte == b'-').take(4).any(|word| word.starts_with(b"gl"))
}

fn gitlab_payload(token: &[u8], dot: usize) -> Option<&[u8]> {
    let (covered, crc) = token.split_at_checked(token.len().checked_sub(7)?)?;
    let stated = usize::from_str_radix(std::str::from_utf8(covered.get(dot + 1..)?).ok()?, 36).ok()?;
    let head = &token[..dot];
    let payload_end = head.iter().position(|&byte| byte == b'.').unwrap_or(dot);
    let payload_start = payload_end.checked_sub(stated)?;
    let fits = payload_start > 0 && covered.len() == dot + 3 && matches!(head[payload_start - 1], b'-' | b'_');
    (fits && radix(crc32(covered).into(), BASE36, 7).as_bytes() == crc).then(|| &head[payload_start..payload_end])
}

/// `o:1` and the like, a line each: organisation, group, project, user, in base 36.
fn gitlab_routing(payload: &[u8]) -> Option<String> {
    let decoded = super::base64(payload)?;
    let places = decoded.split(|&byte| byte == b'\n').map_while(|line| {
        let (name, number) = match line {
            [b'o', b':', number @ ..] => ("organization", number),
            [b'g', b':', number @ ..] => ("group", number),
            [b'p', b':', number @ ..] => ("project", number),
            [b'u', b':', number @ ..] => ("user", number),
            _ => return None,
        };
        let number = number.get(..number.len().min(8))?;
        let digits = number.iter().take_while(|byte| BASE36.contains(byte)).count();
        let number = u64::from_str_radix(std::str::from_utf8(&number[..digits]).ok()?, 36).ok()?;
        Some(format!("{name} {number}"))
    });
    let places: Vec<String> = places.collect();
    (!places.is_empty()).then(|| places.join(", "))
}

/// The length of the payload (all between the prefix, `glpat-` or `glrt-t1_` or the like, and the first dot) and the CRC.
pub(super) fn sign_gitlab(token: &str) -> Option<String> {
    let head = token.strip_suffix('.')?;
    let payload_end = head.find('.').unwrap_or(head.len());
    let prefix = head.find("gl").and_then(|at| Some(at + head[at..].find('-')? + 1))?;
    let prefix =
        if head[prefix..].starts_with('t') && head[prefix..].find('_') == Some(2) { prefix + 3 } else { prefix };
    let length = radix(payload_end.checked_sub(prefix)? as u64, BASE36, 2);
    let covered = format!("{token}{length}");
    Some(format!("{length}{}", radix(crc32(covered.as_bytes()).into(), BASE36, 7)))
}

/// A number in the digits of an alphabet, padded on the left to `width`.
pub(super) fn radix(mut number: u64, alphabet: &[u8], width: usize) -> String {
    let base = alphabet.len() as u64;
    let mut digits = Vec::new();
    while number > 0 || digits.len() < width {
        digits.push(alphabet[(number % base) as usize]);
        number /= base;
    }
    digits.iter().rev().copied().map(char::from).collect()
}

/// CRC-32 as zlib computes it.
fn crc32(bytes: &[u8]) -> u32 {
    static TABLE: [u32; 256] = table();
    !bytes.iter().fold(!0, |crc, &byte| TABLE[usize::from(crc as u8 ^ byte)] ^ (crc >> 8))
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crc_has_its_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn gitlab_payloads_tell_where_they_belong() {
        let payload = data_encoding::BASE64URL_NOPAD
            .encode(b"o:1\nu:2s\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\x10\x11\x12\x13\x14\x15");
        for prefix in ["glpat-", "glrt-t1_", "acme-glpat-"] {
            let head = format!("{prefix}{payload}.01.");
            let verdict = gitlab(format!("{head}{}", sign_gitlab(&head).unwrap()).as_bytes()).unwrap();
            assert_eq!(verdict, Verdict::checksum_if(true).with(Some("organization 1, user 100".into())));
        }
    }

    #[test]
    fn long_server_tokens_are_another_kind() {
        assert_eq!(github(format!("ghs_{}", "a1B2".repeat(30)).as_bytes()), None);
    }
}
