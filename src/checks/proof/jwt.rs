//! JSON Web Tokens: they are decoded; what they say of issuer, algorithm and expiry is told.

use serde_json::{Map, Value};

use super::{Verdict, base64, date};

/// Signed (three parts) or encrypted (five).
pub(super) fn jwt(token: &[u8]) -> Option<Verdict> {
    let mut parts = token.split(|&byte| byte == b'.');
    let header = object(parts.next()?)?;
    let algorithm = header.get("alg")?.as_str()?;
    let rest: Vec<&[u8]> = parts.take(5).collect();
    match *rest.as_slice() {
        [payload, signature] => signed(algorithm, &object(payload)?, signature),
        [_, _, content, _] if header.contains_key("enc") && !content.is_empty() => {
            Some(Verdict::structure().with(Some("encrypted".into())))
        }
        _ => None,
    }
}

fn signed(algorithm: &str, payload: &Map<String, Value>, signature: &[u8]) -> Option<Verdict> {
    let algorithm = fitting(algorithm, base64(signature)?.len())?;
    let issuer = payload.get("iss").and_then(Value::as_str).and_then(service);
    let expiry = payload.get("exp").and_then(seconds).and_then(date);
    let role = match payload.get("role").and_then(Value::as_str) {
        Some("anon") => Some("role anon (public)".to_owned()),
        Some("service_role") => Some("role service_role".to_owned()),
        _ => None,
    };
    let words = [
        Some(algorithm.to_owned()),
        role,
        issuer.map(|name| format!("from {name}")),
        expiry.map(|day| format!("valid until {day}")),
    ];
    Some(Verdict::structure().with(Some(words.into_iter().flatten().collect::<Vec<_>>().join(", "))))
}

/// The algorithm's name, where a signature of it has that length.
fn fitting(algorithm: &str, length: usize) -> Option<&'static str> {
    let (name, fits) = match algorithm {
        "none" => ("unsigned", length == 0),
        "HS256" => ("HS256", length == 32),
        "HS384" => ("HS384", length == 48),
        "HS512" => ("HS512", length == 64),
        "ES256" => ("ES256", length == 64),
        "ES256K" => ("ES256K", length == 64),
        "ES384" => ("ES384", length == 96),
        "ES512" => ("ES512", length == 132),
        "EdDSA" => ("EdDSA", matches!(length, 64 | 114)),
        "RS256" => ("RS256", is_modulus(length)),
        "RS384" => ("RS384", is_modulus(length)),
        "RS512" => ("RS512", is_modulus(length)),
        "PS256" => ("PS256", is_modulus(length)),
        "PS384" => ("PS384", is_modulus(length)),
        "PS512" => ("PS512", is_modulus(length)),
        _ => return None,
    };
    fits.then_some(name)
}

/// Whether RSA keys of so many bytes are in use: 1024 to 8192 bits.
fn is_modulus(length: usize) -> bool {
    (128..=1024).contains(&length) && length.is_multiple_of(32)
}

/// Issuers by a part of their address. No other word of a token is told: an issuer may be anything.
static SERVICES: &[(&str, &str)] = &[
    ("supabase-demo", "Supabase's local defaults"),
    ("supabase", "Supabase"),
    ("auth.openai.com", "OpenAI"),
    ("kubernetes", "Kubernetes"),
    ("token.actions.githubusercontent.com", "GitHub Actions"),
    ("gitlab", "GitLab"),
    ("securetoken.google.com", "Firebase"),
    ("accounts.google.com", "Google"),
    ("gserviceaccount.com", "a Google service account"),
    ("login.microsoftonline.com", "Microsoft Entra"),
    ("sts.windows.net", "Microsoft Entra"),
    ("cognito-idp.", "Amazon Cognito"),
    ("oidc.eks.", "Amazon EKS"),
    (".auth0.com", "Auth0"),
    (".okta.com", "Okta"),
    ("clerk.", "Clerk"),
    ("/realms/", "Keycloak"),
];

fn service(issuer: &str) -> Option<&'static str> {
    SERVICES.iter().find(|(part, _)| issuer.contains(part)).map(|(_, name)| *name)
}

/// A time in seconds; some write it with a fraction.
fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))
}

fn object(part: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(&base64(part)?).ok()
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64URL_NOPAD;

    use super::*;

    fn token(header: &str, payload: &str, signature: usize) -> Vec<u8> {
        [header.as_bytes(), payload.as_bytes(), &vec![0xa5; signature]]
            .map(|part| BASE64URL_NOPAD.encode(part))
            .join(".")
            .into_bytes()
    }

    #[test]
    fn what_a_token_says_is_told() {
        let exp = r#"{"iss":"https://acme.auth0.com/","exp":1714521600}"#;
        for (header, payload, signature, told) in [
            (r#"{"alg":"HS256"}"#, "{}", 32, Some("HS256")),
            (r#"{"alg":"HS256"}"#, "{}", 31, None),
            (r#"{"alg":"RS256"}"#, exp, 256, Some("RS256, from Auth0, valid until 2024-05-01")),
            (r#"{"alg":"RS256"}"#, exp, 250, None),
            (r#"{"alg":"ES256"}"#, r#"{"iss":"me","exp":1e300}"#, 64, Some("ES256")),
            (
                r#"{"alg":"HS256"}"#,
                r#"{"iss":"supabase","role":"anon"}"#,
                32,
                Some("HS256, role anon (public), from Supabase"),
            ),
            (r#"{"alg":"none"}"#, "{}", 0, Some("unsigned")),
            (r#"{"typ":"JWT"}"#, "{}", 32, None),
            (r#"{"alg":"HS256"}"#, "[]", 32, None),
        ] {
            let expected = told.map(|told| Verdict::structure().with(Some(told.into())));
            assert_eq!(jwt(&token(header, payload, signature)), expected, "{header} {payload} {signature}");
        }
    }
}
