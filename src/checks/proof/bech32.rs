//! Bech32 (BIP-173), the encoding of age's identities.

use super::Verdict;

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const AGE: &str = "age-secret-key-1";
const CHECK: usize = 6;
/// 32 bytes in digits of five bits, and the checksum.
const AGE_DIGITS: usize = 52 + CHECK;

/// An age identity (X25519), written in capitals, or all in small letters.
pub(super) fn age(identity: &[u8]) -> Option<Verdict> {
    let (prefix, digits) = identity.split_at_checked(AGE.len())?;
    if !prefix.eq_ignore_ascii_case(AGE.as_bytes()) {
        return None;
    }
    let one_case = !(identity.iter().any(u8::is_ascii_lowercase) && identity.iter().any(u8::is_ascii_uppercase));
    let passed = one_case && digits.len() == AGE_DIGITS && values(digits).is_some_and(|values| polymod(&values) == 1);
    Some(Verdict::checksum_if(passed))
}

/// The last six characters, in the case of the prefix.
pub(super) fn sign_age(identity: &str) -> Option<String> {
    let (prefix, digits) = identity.split_at_checked(AGE.len())?;
    let mut values = values(digits.as_bytes()).filter(|_| prefix.eq_ignore_ascii_case(AGE))?;
    values.extend([0; CHECK]);
    let check = polymod(&values) ^ 1;
    let text: String = (0..CHECK).rev().map(|at| char::from(ALPHABET[(check >> (5 * at) & 31) as usize])).collect();
    Some(if prefix.starts_with('A') { text.to_ascii_uppercase() } else { text })
}

fn values(digits: &[u8]) -> Option<Vec<u8>> {
    let value = |digit: &u8| ALPHABET.iter().position(|known| *known == digit.to_ascii_lowercase());
    digits.iter().map(|digit| value(digit).map(|value| value as u8)).collect()
}

/// The checksum of age's human-readable part and the values: 1 where the last six are right.
fn polymod(values: &[u8]) -> u32 {
    let human = &AGE.as_bytes()[..AGE.len() - 1];
    let expanded = human.iter().map(|byte| byte >> 5).chain([0]).chain(human.iter().map(|byte| byte & 31));
    expanded.chain(values.iter().copied()).fold(1, |sum: u32, value| {
        let top = sum >> 25;
        let shifted = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
        [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
            .iter()
            .enumerate()
            .filter(|(bit, _)| top >> bit & 1 == 1)
            .fold(shifted, |sum, (_, generator)| sum ^ generator)
    })
}
