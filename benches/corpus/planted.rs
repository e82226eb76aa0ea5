//! Secrets of real shape, put together at run time: the corpus holds some at known places, the repository none.

use crate::encode::{BASE62, BASE64, BASE64URL, HEX};
use crate::random::Rng;

/// A piece of a secret: text, so many characters of an alphabet, or a checksum of what stands before.
enum Part {
    Text(&'static str),
    Random(&'static [u8], usize),
    /// CRC-32 of the `n` characters before it, in six base-62 digits.
    Crc62(usize),
    /// CRC-32 of the `n` characters before it, in eight hexadecimal digits of these.
    CrcHex(usize, &'static [u8]),
}

use Part::{Crc62, CrcHex, Random, Text};

const DIGITS: &[u8] = b"0123456789";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const UPPER36: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const UPPER_HEX: &[u8] = b"0123456789ABCDEF";

/// Kinds that are known by their own shape, wherever they stand.
const KINDS: &[(&str, &[Part])] = &[
    ("github-pat-classic", &[Text("ghp_"), Random(BASE62, 30), Crc62(30)]),
    ("github-oauth-token", &[Text("gho_"), Random(BASE62, 30), Crc62(30)]),
    ("github-app-installation-token", &[Text("ghs_"), Random(BASE62, 30), Crc62(30)]),
    ("npm-token", &[Text("npm_"), Random(BASE62, 30), Crc62(30)]),
    ("cloudflare-user-token", &[Text("cfut_"), Random(BASE62, 40), CrcHex(40, HEX)]),
    ("bitbucket-app-password", &[Text("ATBB"), Random(BASE62, 24), CrcHex(28, UPPER_HEX)]),
    ("gitlab-pat-legacy", &[Text("glpat-"), Random(BASE62, 20)]),
    ("gcp-api-key", &[Text("AIza"), Text("SyB"), Random(BASE64URL, 32)]),
    ("anthropic-api-key", &[Text("sk-ant-"), Text("api03-"), Random(BASE64URL, 93), Text("AA")]),
    (
        "openai-project-key",
        &[Text("sk-proj-"), Random(BASE64URL, 74), Text("T3Blbk"), Text("FJ"), Random(BASE64URL, 74)],
    ),
    ("openrouter-key", &[Text("sk-or-"), Text("v1-"), Random(HEX, 64)]),
    ("groq-api-key", &[Text("gsk_"), Random(BASE62, 20), Text("WGdy"), Text("b3FY"), Random(BASE62, 24)]),
    ("huggingface-token", &[Text("hf_"), Random(LETTERS, 34)]),
    ("replicate-token", &[Text("r8_"), Random(BASE62, 37)]),
    ("perplexity-api-key", &[Text("pplx-"), Random(BASE62, 48)]),
    (
        "slack-bot-token",
        &[Text("xoxb-"), Random(DIGITS, 12), Text("-"), Random(DIGITS, 13), Text("-"), Random(BASE62, 24)],
    ),
    (
        "slack-webhook",
        &[
            Text("https://hooks.slack"),
            Text(".com/services/T"),
            Random(UPPER36, 10),
            Text("/B"),
            Random(UPPER36, 10),
            Text("/"),
            Random(BASE62, 24),
        ],
    ),
    ("stripe-secret-key", &[Text("sk_"), Text("live_"), Random(BASE62, 24)]),
    ("sendgrid-key", &[Text("SG."), Random(BASE64URL, 22), Text("."), Random(BASE64URL, 43)]),
    ("digitalocean-pat", &[Text("dop_v1_"), Random(HEX, 64)]),
];

/// A secret that a generator has just written.
pub(crate) struct Secret {
    pub(crate) kind: &'static str,
    pub(crate) value: Vec<u8>,
}

/// A secret of a kind that is known by its shape.
pub(crate) fn shaped(rng: &mut Rng) -> Secret {
    let (kind, parts) = rng.pick(KINDS);
    let mut value = Vec::new();
    for part in *parts {
        match *part {
            Text(text) => value.extend_from_slice(text.as_bytes()),
            Random(alphabet, count) => rng.string(alphabet, count, &mut value),
            Crc62(covered) => digits(crc32(tail(&value, covered)), BASE62, 6, &mut value),
            CrcHex(covered, alphabet) => digits(crc32(tail(&value, covered)), alphabet, 8, &mut value),
        }
    }
    Secret { kind, value }
}

/// A secret that only its place makes one: a password in a URL, a value after `client_secret`.
pub(crate) fn generic(rng: &mut Rng) -> Secret {
    let mut value = Vec::new();
    rng.string(BASE62, 28, &mut value);
    Secret { kind: "generic", value }
}

/// The secret half of an AWS access key.
pub(crate) fn aws(rng: &mut Rng) -> Secret {
    let mut value = Vec::new();
    rng.string(BASE64, 40, &mut value);
    Secret { kind: "aws-secret-access-key", value }
}

fn tail(text: &[u8], count: usize) -> &[u8] {
    &text[text.len() - count..]
}

/// The last `count` digits of `number` to the base of the alphabet's length.
fn digits(mut number: u32, alphabet: &[u8], count: usize, out: &mut Vec<u8>) {
    let base = alphabet.len() as u32;
    let start = out.len();
    out.resize(start + count, alphabet[0]);
    for place in out[start..].iter_mut().rev() {
        *place = alphabet[(number % base) as usize];
        number /= base;
    }
}

/// CRC-32 (IEEE), bit by bit: some forty bytes every 10 MiB need no table.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_crc_32() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_checksum_covers_what_the_vendor_covers() {
        let mut rng = Rng::named("test");
        let secret = std::iter::repeat_with(|| shaped(&mut rng)).find(|secret| secret.kind == "npm-token").unwrap();
        let mut check = Vec::new();
        digits(crc32(&secret.value[4..34]), BASE62, 6, &mut check);
        assert_eq!(secret.value[34..], check);
    }
}
