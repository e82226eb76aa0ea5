//! Offline proofs: checksums and structures that tell a real token from an invented one.
//!
//! A proof is pure: it asks no clock and no network, takes time linear in the value (base58 is cut off at 128 characters), and panics on
//! no bytes. Rules name proofs by their names in [`PROOFS`].

mod accounts;
mod armor;
mod base58;
mod bech32;
mod bip39;
mod crc;
mod hash;
mod jwt;
mod keys;
mod marvin;
mod pgp;
mod tokens;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};

use crate::model::Proof;
use crate::raw::Secret;

/// What a proof says of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Passed (checksum or structure), or failed; `None` where this proof has nothing to say of the value.
    pub(crate) proof: Proof,
    /// What the value tells of itself without being shown, such as the account it belongs to.
    pub(crate) detail: Option<String>,
}

impl Verdict {
    /// The checksum passed or failed. Only for kinds whose checksum has been proven: failed, the value cannot be a live token.
    fn checksum_if(passed: bool) -> Self {
        Self { proof: if passed { Proof::Checksum } else { Proof::Failed }, detail: None }
    }

    /// Decoded, and well-formed.
    fn structure() -> Self {
        Self { proof: Proof::Structure, detail: None }
    }

    fn with(self, detail: Option<String>) -> Self {
        Self { detail, ..self }
    }
}

/// A proof that rules name by `proof = "…"`.
pub(crate) struct ProofKind {
    /// The name.
    pub(crate) name: &'static str,
    /// Looks at the whole secret.
    pub(crate) prove: fn(Secret<'_>) -> Verdict,
    /// Completes a token for examples: given all before the check characters, returns those. The inner `None` where that is no such
    /// token, the outer where the proof knows no check characters.
    pub(crate) sign: Option<fn(&str) -> Option<String>>,
}

/// One row of [`PROOFS`]: a function that proves, perhaps one that signs; or a layout, which does both.
macro_rules! proof {
    ($name:literal, $prove:path) => {
        ProofKind { name: $name, prove: |secret| judge(secret, $prove(secret.expose())), sign: None }
    };
    ($name:literal, $prove:path, $sign:path) => {
        ProofKind { name: $name, prove: |secret| judge(secret, $prove(secret.expose())), sign: Some($sign) }
    };
    ($name:literal, layout $layout:path) => {
        ProofKind {
            name: $name,
            prove: |secret| judge(secret, $layout.prove(secret.expose())),
            sign: Some(|token| $layout.sign(token)),
        }
    };
}

/// All proofs.
pub(crate) static PROOFS: &[ProofKind] = &[
    proof!("github-classic", crc::github, crc::sign_github),
    proof!("github-refresh", layout crc::GITHUB_REFRESH),
    proof!("github-fine-grained", hash::github, hash::sign),
    proof!("npm", layout crc::NPM),
    proof!("vercel", layout crc::VERCEL),
    proof!("deno", layout crc::DENO),
    proof!("apify", layout crc::APIFY),
    proof!("gitlab-routable", crc::gitlab, crc::sign_gitlab),
    proof!("cloudflare", layout crc::CLOUDFLARE),
    proof!("atlassian", layout crc::ATLASSIAN),
    proof!("bitbucket-app-password", layout crc::BITBUCKET),
    proof!("grafana-service-account", layout crc::GRAFANA),
    proof!("zuplo", layout crc::ZUPLO),
    proof!("azure-identifiable", marvin::identifiable, marvin::sign_identifiable),
    proof!("azure-lcask", marvin::lcask, marvin::sign_lcask),
    proof!("entra", marvin::entra, marvin::sign_entra),
    proof!("bech32-age", bech32::age, bech32::sign_age),
    proof!("base58check", base58::check, base58::sign),
    proof!("bip39", bip39::phrase, bip39::sign),
    proof!("private-key", keys::private_key),
    proof!("pem-der", keys::pem_der),
    proof!("openssh", keys::openssh),
    proof!("crc24-armor", pgp::armor, pgp::sign),
    proof!("jwt", jwt::jwt),
    proof!("openai-marker", tokens::openai),
    proof!("groq-marker", tokens::groq),
    proof!("anthropic-tail", tokens::anthropic),
    proof!("pypi-macaroon", tokens::pypi),
    proof!("sentry-org", tokens::sentry),
    proof!("grafana-cloud", tokens::grafana_cloud),
    proof!("grafana-legacy", tokens::grafana_legacy),
    proof!("jfrog-reference", tokens::jfrog),
    proof!("aws-key-id", tokens::aws_key_id),
    proof!("bedrock-long", tokens::bedrock_long),
    proof!("bedrock-short", tokens::bedrock_short),
    proof!("docker-auth", accounts::docker),
    proof!("basic-auth", accounts::basic),
    proof!("discord", accounts::discord),
    proof!("telegram", accounts::telegram),
];

/// What a proof said, unless escapes may have spoilt the value: as stored, a `%3D` or `\=` fails a checksum that the token itself passes.
fn judge(secret: Secret<'_>, verdict: Option<Verdict>) -> Verdict {
    let escaped = || memchr::memchr2(b'\\', b'%', secret.expose()).is_some();
    verdict.filter(|verdict| verdict.proof != Proof::Failed || !escaped()).unwrap_or_default()
}

/// The proof of that name.
pub(crate) fn find(name: &str) -> Option<&'static ProofKind> {
    PROOFS.iter().find(|kind| kind.name == name)
}

/// The names of all proofs, for an error message.
pub(crate) fn names() -> String {
    let names: Vec<&str> = PROOFS.iter().map(|kind| kind.name).collect();
    format!("there are {}", names.join(", "))
}

/// Completes a token for examples; `None` where no such proof can.
pub(crate) fn sign(name: &str, token: &str) -> Option<String> {
    find(name)?.sign?(token)
}

/// Base64 in either alphabet, with its padding or without.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text.iter().rev().take(2).take_while(|&&byte| byte == b'=').count();
    let core = &text[..text.len() - padding];
    let url = core.iter().any(|byte| matches!(byte, b'-' | b'_'));
    let encoding = if url { BASE64URL_NOPAD } else { BASE64_NOPAD };
    encoding.decode(core).ok()
}

/// The day of a time in seconds since 1970, until the year 9999.
fn date(seconds: i64) -> Option<String> {
    let days = u64::try_from(seconds).ok()? / 86_400;
    // Howard Hinnant's `civil_from_days`: years that begin in March, in eras of 400 years.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year <= 9999).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests;
