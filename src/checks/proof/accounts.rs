//! Credentials that hold an account: user and password in base64, bots of Discord and Telegram.

use super::{Verdict, base64};

/// `user:password` in base64, as `Authorization: Basic` has it.
pub(super) fn basic(value: &[u8]) -> Option<Verdict> {
    user_of(&base64(value)?)?;
    Some(Verdict::structure())
}

/// The same in a Docker configuration, where some users tell of the registry.
pub(super) fn docker(value: &[u8]) -> Option<Verdict> {
    let text = base64(value)?;
    let registry = match user_of(&text)? {
        "AWS" => Some("Amazon ECR"),
        "_json_key" | "_json_key_base64" | "oauth2accesstoken" => Some("Google's registry"),
        "00000000-0000-0000-0000-000000000000" => Some("Azure's registry"),
        _ => None,
    };
    Some(Verdict::structure().with(registry.map(Into::into)))
}

/// The user, where the text has no control characters and both a user and a password.
fn user_of(text: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(text).ok()?;
    let (user, password) = text.split_once(':')?;
    // A service account's key is JSON over many lines.
    let printable = text.chars().all(|character| !character.is_control() || matches!(character, '\n' | '\r' | '\t'));
    (printable && !user.is_empty() && !password.trim().is_empty()).then_some(user)
}

/// Discord's bot tokens: the user's number in base64, the time, the secret.
pub(super) fn discord(token: &[u8]) -> Option<Verdict> {
    let mut parts = token.split(|&byte| byte == b'.');
    let (user, time, secret) = (base64(parts.next()?)?, parts.next()?, parts.next()?);
    let number = std::str::from_utf8(&user).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    let fits = (17..=20).contains(&number.len())
        && time.len() == 6
        && (27..=38).contains(&secret.len())
        && parts.next().is_none();
    fits.then(|| Verdict::structure().with(Some(format!("bot user {number}"))))
}

/// Telegram's bot tokens: the bot's number, `:`, 35 characters that begin `AA`. The number is part of the secret as it stands, so it is
/// not told.
pub(super) fn telegram(token: &[u8]) -> Option<Verdict> {
    let (number, secret) = token.split_at_checked(token.len().checked_sub(35)?)?;
    let number = number.strip_suffix(b":").filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    let fits = (8..=10).contains(&number.len()) && number[0] != b'0' && secret.starts_with(b"AA");
    fits.then(Verdict::structure)
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, BASE64URL_NOPAD};

    use super::*;

    #[test]
    fn accounts_are_told() {
        for (text, told) in [("AWS:x", Some("Amazon ECR")), ("me:x", None)] {
            assert_eq!(
                docker(BASE64.encode(text.as_bytes()).as_bytes()),
                Some(Verdict::structure().with(told.map(Into::into)))
            );
        }
        for text in ["", "user", ":password", "user:", "user: ", "us\0er:x", "\u{7f}:x"] {
            assert_eq!(basic(BASE64.encode(text.as_bytes()).as_bytes()), None, "{text:?}");
        }
        let user = BASE64URL_NOPAD.encode(b"123456789012345678");
        let token = format!("{user}.{}.{}", "a".repeat(6), "b".repeat(27));
        assert_eq!(
            discord(token.as_bytes()),
            Some(Verdict::structure().with(Some("bot user 123456789012345678".into())))
        );
        assert_eq!(discord(token.replacen('.', ",", 1).as_bytes()), None);
    }
}
