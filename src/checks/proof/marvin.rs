//! Microsoft's keys: they carry a Marvin32 checksum of themselves, seeded with eight letters.

use data_encoding::BASE64_NOPAD;

use super::crc::{BASE62, radix};
use super::{Verdict, base64};

/// A kind of identifiable key.
struct Kind {
    /// The characters that stand six before the end, padding left off.
    signature: &'static [u8; 4],
    seeds: &'static [&'static [u8; 8]],
    /// Whether samples have proven the seeds.
    proven: bool,
}

static KINDS: &[Kind] = &[
    Kind { signature: b"+ASt", seeds: &[b"Default0"], proven: true },
    Kind {
        signature: b"ACDb",
        seeds: &[b"MastRW00", b"MastRO00", b"SystRW00", b"SystRO00", b"SysAll00", b"Resour00", b"Encryp00"],
        proven: true,
    },
    Kind { signature: b"APIM", seeds: &[b"Tenant00", b"IoTHub00", b"Gatewy00", b"GitKey00"], proven: false },
    Kind { signature: b"+ABa", seeds: &[b"AbAcct00"], proven: false },
    Kind { signature: b"+AMC", seeds: &[b"Classic0"], proven: false },
    Kind { signature: b"AzCa", seeds: &[b"Access00"], proven: false },
    Kind { signature: b"AzSe", seeds: &[b"Query000", b"PAdmin00"], proven: false },
    Kind { signature: b"+ASb", seeds: &[b"Send0000", b"Manage00", b"Listen00"], proven: false },
    Kind { signature: b"+AEh", seeds: &[b"Send0000", b"Manage00", b"Listen00"], proven: false },
    Kind { signature: b"+ARm", seeds: &[b"Send0000", b"Manage00", b"Listen00"], proven: false },
    Kind { signature: b"AIoT", seeds: &[b"IoTHub00", b"DpsKey00", b"Device00"], proven: false },
    Kind { signature: b"AzFu", seeds: &[b"Master00", b"System00", b"Functi00"], proven: false },
];

fn kind(core: &[u8]) -> Option<&'static Kind> {
    let signature = core.get(core.len().checked_sub(10)?..core.len() - 6)?;
    KINDS.iter().find(|kind| kind.signature == signature)
}

/// Identifiable keys: the last four bytes are the checksum of the others.
pub(super) fn identifiable(key: &[u8]) -> Option<Verdict> {
    let end = key.iter().rposition(|&byte| byte != b'=')? + 1;
    let kind = kind(&key[..end])?;
    let passed = base64(key).is_some_and(|bytes| {
        bytes.split_last_chunk::<4>().is_some_and(|(covered, check)| {
            kind.seeds.iter().any(|seed| marvin32(covered, **seed) == u32::from_le_bytes(*check))
        })
    });
    (passed || kind.proven).then(|| Verdict::checksum_if(passed))
}

/// Completes a key that ends in its signature.
pub(super) fn sign_identifiable(key: &str) -> Option<String> {
    let whole = format!("{key}AAAAAA");
    let kind = kind(whole.as_bytes())?;
    let mut bytes = base64(whole.as_bytes())?;
    let (covered, check) = bytes.split_last_chunk_mut::<4>()?;
    *check = marvin32(covered, **kind.seeds.first()?).to_le_bytes();
    data_encoding::BASE64.encode(&bytes).strip_prefix(key).map(str::to_owned)
}

/// Keys with `JQQJ9` at 52: 80 characters, then the checksum, as three bytes in base64 or as four digits of base 62.
pub(super) fn lcask(key: &[u8]) -> Option<Verdict> {
    if key.get(52..57)? != b"JQQJ9" {
        return None;
    }
    let passed = matches!(key.len(), 84 | 88)
        && checks(&key[..80]).is_some_and(|forms| forms.iter().any(|form| form.as_bytes() == &key[80..84]));
    let born = match key.get(58..60) {
        Some(&[year @ b'A'..=b'Z', month @ b'A'..=b'L']) if passed => {
            Some(format!("created {}-{:02}", 2024 + u32::from(year - b'A'), month - b'A' + 1))
        }
        _ => None,
    };
    Some(Verdict::checksum_if(passed).with(born))
}

/// The checksum in the form of the key's service.
pub(super) fn sign_lcask(key: &str) -> Option<String> {
    let [raw, base62] = checks(key.as_bytes().get(..80).filter(|covered| covered.len() == key.len())?)?;
    Some(if key.ends_with("AZDO") { base62 } else { raw })
}

/// Both forms of the checksum.
fn checks(covered: &[u8]) -> Option<[String; 2]> {
    let check = marvin32(&base64(covered)?, *b"Default0").to_le_bytes();
    let mut base62 = radix(u32::from_be_bytes(check).into(), BASE62, 0);
    base62.extend(std::iter::repeat_n('0', 4));
    base62.truncate(4);
    Some([BASE64_NOPAD.encode(&check[..3]), base62])
}

const ENTRA_DIGITS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";

/// Entra client secrets, with `8Q~` at 3: the last three characters are the first of six digits of base 66.
pub(super) fn entra(secret: &[u8]) -> Option<Verdict> {
    if secret.get(3..6)? != b"8Q~" {
        return None;
    }
    let (covered, check) = secret.split_last_chunk::<3>()?;
    Some(Verdict::checksum_if(secret.len() == 40 && entra_check(covered).as_bytes() == check))
}

pub(super) fn sign_entra(secret: &str) -> Option<String> {
    (secret.len() == 37 && secret.get(3..6) == Some("8Q~")).then(|| entra_check(secret.as_bytes()))
}

fn entra_check(covered: &[u8]) -> String {
    let mut digits = radix(marvin32(covered, *b"AadPwd00").into(), ENTRA_DIGITS, 6);
    digits.truncate(3);
    digits
}

/// Marvin32, with the seed read as one big-endian number.
fn marvin32(bytes: &[u8], seed: [u8; 8]) -> u32 {
    let seed = u64::from_be_bytes(seed);
    let mut state = (seed as u32, (seed >> 32) as u32);
    let (blocks, rest) = bytes.as_chunks::<4>();
    for block in blocks {
        state = mix(state, u32::from_le_bytes(*block));
    }
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x80;
    let (low, high) = mix(mix(state, u32::from_le_bytes(last)), 0);
    low ^ high
}

fn mix((low, high): (u32, u32), block: u32) -> (u32, u32) {
    let low = low.wrapping_add(block);
    let high = high ^ low;
    let low = low.rotate_left(20).wrapping_add(high);
    let high = high.rotate_left(9) ^ low;
    let low = low.rotate_left(27).wrapping_add(high);
    (low, high.rotate_left(19))
}
