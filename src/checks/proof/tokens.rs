//! Tokens whose inside can be read: fixed markers, JSON, macaroons.

use memchr::memmem;
use serde_json::Value;

use super::{Verdict, base64, date};
use crate::checks::filters;

/// How long the markers of `OpenAI` and Groq are.
const MARKER: usize = 8;

/// Keys of `OpenAI`: `T3BlbkFJ` (base64 of `OpenAI`) stands between two halves of equal length.
pub(super) fn openai(key: &[u8]) -> Option<Verdict> {
    let body = key.strip_prefix(b"sk-")?;
    let named = [&b"proj-"[..], b"svcacct-", b"admin-", b"None-"].iter().find_map(|name| body.strip_prefix(*name));
    let body = named.unwrap_or(body);
    let half = body.len().checked_sub(MARKER)? / 2;
    (matches!(half, 20 | 58 | 74) && body.len() % 2 == 0 && body[half..].starts_with(b"T3BlbkFJ"))
        .then(Verdict::structure)
}

/// Groq's keys: `WGdyb3FY` (base64 of `XgroqX`) stands at 20 of the body's 52 characters.
pub(super) fn groq(key: &[u8]) -> Option<Verdict> {
    let body = key.strip_prefix(b"gsk_")?;
    (body.len() == 52 && body[20..].starts_with(b"WGdyb3FY")).then(Verdict::structure)
}

/// Anthropic's keys: behind `sk-ant-…-` 95 characters, the last `AA`, because 71 bytes leave that many bits over.
pub(super) fn anthropic(key: &[u8]) -> Option<Verdict> {
    let named = key.strip_prefix(b"sk-ant-")?;
    let body = &named[named.iter().position(|&byte| byte == b'-')? + 1..];
    (body.len() == 95 && body.ends_with(b"AA")).then(Verdict::structure)
}

/// `PyPI`'s tokens: a macaroon of version 2 that names its index and ends in a signature.
pub(super) fn pypi(token: &[u8]) -> Option<Verdict> {
    let macaroon = base64(token.strip_prefix(b"pypi-")?)?;
    let (&[2, 1, length], rest) = macaroon.split_first_chunk::<3>()? else { return None };
    let (location, rest) = rest.split_at_checked(length.into())?;
    let (head, _signature) = rest.split_last_chunk::<32>()?;
    let index = match location {
        b"pypi.org" => None,
        b"test.pypi.org" => Some("test.pypi.org".into()),
        _ => return None,
    };
    head.ends_with(&[0, 6, 32]).then(|| Verdict::structure().with(index))
}

/// Sentry's organization tokens: `sntrys_`, JSON, `_`, 32 bytes.
pub(super) fn sentry(token: &[u8]) -> Option<Verdict> {
    let body = token.strip_prefix(b"sntrys_")?;
    let (json, secret) = body.split_at_checked(body.iter().rposition(|&byte| byte == b'_')?)?;
    let claims = object(json)?;
    let issued = claims.get("iat")?.as_f64().and_then(|seconds| date(seconds as i64));
    (claims.contains_key("org") && secret.len() == 44)
        .then(|| Verdict::structure().with(issued.map(|day| format!("issued {day}"))))
}

/// Grafana Cloud's tokens: `glc_`, JSON with the organization's number `o` and the key `k`.
pub(super) fn grafana_cloud(token: &[u8]) -> Option<Verdict> {
    let claims = object(token.strip_prefix(b"glc_")?)?;
    claims.get("k")?.as_str()?;
    let organization = claims.get("o").and_then(number).map(|number| format!("organization {number}"));
    Some(Verdict::structure().with(organization))
}

/// Grafana's old keys: JSON with the key `k`, its name `n` and the organization's number `id`.
pub(super) fn grafana_legacy(key: &[u8]) -> Option<Verdict> {
    let claims = object(key)?;
    let secret = claims.get("k")?.as_str()?;
    claims.get("n")?.as_str()?;
    let organization = format!("organization {}", number(claims.get("id")?)?);
    if filters::holds_example(secret.as_bytes()) {
        return None;
    }
    Some(Verdict::structure().with(Some(organization)))
}

/// `JFrog`'s reference tokens: `reftkn:`, version, expiry (0 for never) and secret, between colons.
pub(super) fn jfrog(token: &[u8]) -> Option<Verdict> {
    let text = base64(token)?;
    let mut fields = text.strip_prefix(b"reftkn:")?.splitn(3, |&byte| byte == b':');
    let (_version, expiry, secret) = (fields.next()?, fields.next()?, fields.next()?);
    let expiry: i64 = std::str::from_utf8(expiry).ok()?.parse().ok()?;
    let day = date(expiry).filter(|_| expiry > 0).map(|day| format!("valid until {day}"));
    (!secret.is_empty()).then(|| Verdict::structure().with(day))
}

/// Amazon's key ids: they tell the account. Ids from before 2019 (a third of them begin `AKIAI` or `AKIAJ`) tell nonsense.
pub(super) fn aws_key_id(id: &[u8]) -> Option<Verdict> {
    Some(Verdict::default().with(Some(aws_account(id)?)))
}

fn aws_account(id: &[u8]) -> Option<String> {
    let (prefix, digits) = id.split_at_checked(4)?;
    if digits.len() != 16 || (prefix == b"AKIA" && matches!(digits[0], b'I' | b'J')) {
        return None;
    }
    let bytes = data_encoding::BASE32.decode(digits).ok()?;
    let number = bytes.first_chunk::<6>()?.iter().fold(0, |number, &byte| number << 8 | u64::from(byte));
    let account = (number & 0x7fff_ffff_ff80) >> 7;
    (account < 1_000_000_000_000).then(|| format!("AWS account {account:012}"))
}

/// Bedrock's long-term keys: `ABSK`, then `BedrockAPIKey-…-at-ACCOUNT:secret` in base64.
pub(super) fn bedrock_long(key: &[u8]) -> Option<Verdict> {
    let text = base64(key.strip_prefix(b"ABSK")?)?;
    let name = text.strip_prefix(b"BedrockAPIKey-")?;
    let account = memmem::find(name, b"-at-").and_then(|at| name.get(at + 4..at + 16));
    let account = account
        .filter(|digits| digits.iter().all(u8::is_ascii_digit))
        .and_then(|digits| std::str::from_utf8(digits).ok());
    Some(Verdict::structure().with(account.map(|digits| format!("AWS account {digits}"))))
}

/// Bedrock's short-term keys: a presigned address in base64, with the key id and the day it was issued.
pub(super) fn bedrock_short(key: &[u8]) -> Option<Verdict> {
    let text = base64(key.strip_prefix(b"bedrock-api-key-")?)?;
    let address = text.strip_prefix(b"bedrock.amazonaws.com")?;
    let behind = |name: &[u8], length: usize| {
        let start = memmem::find(address, name)? + name.len();
        address.get(start..start + length)
    };
    let account = behind(b"X-Amz-Credential=", 20).and_then(aws_account);
    let day = behind(b"X-Amz-Date=", 8).filter(|day| day.iter().all(u8::is_ascii_digit));
    let day = day.and_then(|day| std::str::from_utf8(day).ok());
    let day = day.map(|day| format!("issued {}-{}-{}", &day[..4], &day[4..6], &day[6..]));
    let detail = [account, day].into_iter().flatten().collect::<Vec<_>>().join(", ");
    Some(Verdict::structure().with((!detail.is_empty()).then_some(detail)))
}

fn object(text: &[u8]) -> Option<serde_json::Map<String, Value>> {
    serde_json::from_slice(&base64(text)?).ok()
}

/// A number, or one in a string.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;

    use super::*;

    type Proof = fn(&[u8]) -> Option<Verdict>;

    #[test]
    fn key_ids_tell_their_account() {
        let published = ["ASIA", "QNZG", "KIQY", "56JQ", "7WML"].concat();
        assert_eq!(aws_account(published.as_bytes()).as_deref(), Some("AWS account 029608264753"));
        assert_eq!(aws_account(["AKIA", "IOSF", "ODNN", "7EXA", "MPLE"].concat().as_bytes()), None);
    }

    #[test]
    fn insides_are_read() {
        let encode = |text: &str| BASE64.encode(text.as_bytes());
        let macaroon = |location: &str, tail: u8| {
            let head =
                [&[2, 1, location.len() as u8], location.as_bytes(), &[2, 3], b"abc", &[0, 0, 6, tail], &[0x5a; 32]]
                    .concat();
            format!("pypi-{}", data_encoding::BASE64URL_NOPAD.encode(&head))
        };
        let presigned = format!(
            "bedrock.amazonaws.com/?X-Amz-Credential={}&X-Amz-Date=20260102T000000Z",
            ["ASIA", "QNZG", "KIQY", "56JQ", "7WML"].concat()
        );
        let told: &[(Proof, String, Option<&str>)] = &[
            (pypi, macaroon("pypi.org", 32), Some("")),
            (pypi, macaroon("test.pypi.org", 32), Some("test.pypi.org")),
            (pypi, macaroon("pypi.org", 31), None),
            (pypi, macaroon("example.org", 32), None),
            (
                sentry,
                format!("sntrys_{}_{}", encode(r#"{"iat":1714521600.5,"org":"x"}"#), "Ab3".repeat(14) + "4"),
                Some("issued 2024-05-01"),
            ),
            (sentry, format!("sntrys_{}_{}", encode(r#"{"org":"x"}"#), "Ab3".repeat(14) + "4"), None),
            (grafana_cloud, format!("glc_{}", encode(r#"{"o":"1234","k":"x"}"#)), Some("organization 1234")),
            (grafana_cloud, format!("glc_{}", encode(r#"{"o":"1234"}"#)), None),
            (grafana_legacy, encode(r#"{"k":"x","n":"y","id":7}"#), Some("organization 7")),
            (jfrog, encode("reftkn:01:1714521600:x"), Some("valid until 2024-05-01")),
            (jfrog, encode("reftkn:01:0:x"), Some("")),
            (
                bedrock_long,
                format!("ABSK{}", encode("BedrockAPIKey-x-at-012345678901:y")),
                Some("AWS account 012345678901"),
            ),
            (
                bedrock_short,
                format!("bedrock-api-key-{}", encode(&presigned)),
                Some("AWS account 029608264753, issued 2026-01-02"),
            ),
        ];
        for (proof, token, detail) in told {
            let expected =
                detail.map(|detail| Verdict::structure().with(Some(detail.to_owned()).filter(|text| !text.is_empty())));
            assert_eq!(proof(token.as_bytes()), expected, "{detail:?}");
        }
    }
}
