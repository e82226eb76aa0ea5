//! `Base58Check`, the encoding of Bitcoin's keys: the last four bytes are a double SHA-256 of the others.

use sha2::{Digest, Sha256};

use super::Verdict;

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// No key is longer (an extended one has 111), and decoding takes quadratic time.
const LONGEST: usize = 128;
/// So many free digits leave room for any checksum: 58^7 is over 500 times 2^32.
const FREE: usize = 7;

pub(super) fn check(key: &[u8]) -> Option<Verdict> {
    let bytes = decode(key)?;
    let (payload, check) = bytes.split_last_chunk::<4>()?;
    let passed = digest(payload) == *check;
    let kind = match (payload, payload.len()) {
        ([0x80, ..], 33 | 34) => Some("Bitcoin private key"),
        ([0xef, ..], 33 | 34) => Some("Bitcoin private key (test network)"),
        ([0x04, 0x88, 0xad, 0xe4, ..], 78) => Some("Bitcoin extended private key"),
        _ => None,
    };
    Some(Verdict::checksum_if(passed).with(kind.filter(|_| passed).map(Into::into)))
}

/// Seven digits that make a key of the digits given.
pub(super) fn sign(key: &str) -> Option<String> {
    let lowest = format!("{key}{}", "1".repeat(FREE));
    let mut payload = decode(lowest.as_bytes())?;
    payload.truncate(payload.len().checked_sub(4)?);
    for byte in payload.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
    let check = digest(&payload);
    let whole = encode(&[payload.as_slice(), &check].concat());
    whole.strip_prefix(key).filter(|tail| tail.len() == FREE).map(str::to_owned)
}

fn digest(payload: &[u8]) -> [u8; 4] {
    let [a, b, c, d, ..]: [u8; 32] = Sha256::digest(Sha256::digest(payload)).into();
    [a, b, c, d]
}

/// `None` where there is another character, or too many.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut number: Vec<u8> = Vec::new(); // least significant byte first
    for byte in text {
        let mut carry = ALPHABET.iter().position(|digit| digit == byte)? as u32;
        for byte in &mut number {
            carry += u32::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            number.push(carry as u8);
        }
    }
    number.extend(text.iter().take_while(|&&digit| digit == ALPHABET[0]).map(|_| 0));
    number.reverse();
    Some(number)
}

fn encode(bytes: &[u8]) -> String {
    let mut digits: Vec<u8> = Vec::new(); // least significant first
    for &byte in bytes {
        let mut carry = u32::from(byte);
        for digit in &mut digits {
            carry += u32::from(*digit) << 8;
            *digit = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            digits.push((carry % 58) as u8);
            carry /= 58;
        }
    }
    digits.extend(bytes.iter().take_while(|&&byte| byte == 0).map(|_| 0));
    digits.iter().rev().map(|&digit| char::from(ALPHABET[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use crate::property::property;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(property(256))]

        #[test]
        fn decoding_undoes_encoding(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(decode(encode(&bytes).as_bytes()), Some(bytes));
        }
    }
}
