//! GitHub's fine-grained tokens: they carry eight characters of a SHA-256 of themselves.

use data_encoding::{BASE32, BASE32_NOPAD};
use sha2::{Digest, Sha256};

use super::Verdict;

const PREFIX: &str = "github_pat_";
/// What the hash covers; behind it, eight characters of hash and eight random ones.
const COVERED: usize = 77;
const CHECK: usize = 8;
const LENGTH: usize = 93;

pub(super) fn github(token: &[u8]) -> Option<Verdict> {
    if !token.starts_with(PREFIX.as_bytes()) {
        return None;
    }
    let (covered, rest) = token.split_at_checked(COVERED).unwrap_or_default();
    let passed = token.len() == LENGTH && rest.starts_with(check(covered).as_bytes());
    Some(Verdict::checksum_if(passed).with(user(covered).filter(|_| passed)))
}

/// The hash; the eight random characters that follow are left to the caller.
pub(super) fn sign(token: &str) -> Option<String> {
    (token.starts_with(PREFIX) && token.len() == COVERED).then(|| check(token.as_bytes()))
}

fn check(covered: &[u8]) -> String {
    let mut text = BASE32.encode(&Sha256::digest(covered));
    text.truncate(CHECK);
    text
}

/// The number of the user: behind `11`, four bytes in base 32.
fn user(covered: &[u8]) -> Option<String> {
    let digits = covered.get(PREFIX.len()..)?.strip_prefix(b"11")?.get(..7)?;
    let number: [u8; 4] = BASE32_NOPAD.decode(digits).ok()?.try_into().ok()?;
    Some(format!("GitHub user {}", u32::from_be_bytes(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_is_told() {
        let user = BASE32_NOPAD.encode(&583_231_u32.to_be_bytes());
        let head = format!("{PREFIX}11{user}0{}_{}", "aB3".repeat(4), &"xY7z".repeat(11)[..43]);
        let token = format!("{head}{}aB3dE5gH", sign(&head).unwrap());
        assert_eq!(github(token.as_bytes()), Some(Verdict::checksum_if(true).with(Some("GitHub user 583231".into()))));
    }
}
