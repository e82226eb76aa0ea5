//! What a rule file may say. Shared with `rules/build.rs`, which turns the built-in files into constants.

use std::borrow::Cow;

use serde::Deserialize;

/// Text that is a constant for built-in rules and owned for a user's.
pub(crate) type Str = Cow<'static, str>;
/// A list of such texts.
pub(crate) type List = Cow<'static, [Str]>;

/// A file of rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RuleFile {
    /// Who issues the credentials of this file; a rule may say otherwise.
    pub(crate) vendor: Str,
    /// The rules.
    #[serde(default)]
    pub(crate) rule: Vec<toml::Spanned<Rule>>,
}

/// One rule, as written. It finds by `pattern` (with `anchors`) or by `value` (behind `keywords`).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Rule {
    /// Unique name, kebab-case.
    pub(crate) id: Str,
    /// One line: what it finds.
    pub(crate) title: Str,
    /// Who issues it; taken from the file where absent.
    #[serde(default)]
    pub(crate) vendor: Str,
    /// `low`, `medium`, `high` or `critical`.
    #[serde(default = "high")]
    pub(crate) severity: Str,
    /// What a match is worth before proof: `low`, `medium` or `high`.
    #[serde(default = "medium")]
    pub(crate) confidence: Str,
    /// Literals of 3 bytes and more; every match of `pattern` contains one of them.
    #[serde(default)]
    pub(crate) anchors: List,
    /// The whole match, as a bounded byte regex in ASCII. The group `secret`, where named, is the secret; else all of it is.
    #[serde(default)]
    pub(crate) pattern: Str,
    /// Words, in any case, behind which `value` stands.
    #[serde(default)]
    pub(crate) keywords: List,
    /// The secret itself, as a bounded byte regex.
    #[serde(default)]
    pub(crate) value: Str,
    /// The code that finds it, where a pattern cannot (built-in rules only).
    #[serde(default)]
    pub(crate) check: Str,
    /// How many bytes behind its keyword a `value` may start.
    #[serde(default = "within")]
    pub(crate) within: u16,
    /// The match is the head of a block that goes on to this literal and the rest of its line.
    #[serde(default)]
    pub(crate) until: Str,
    /// Whether `anchors` and `pattern` are read in any case. (`keywords` always are.)
    #[serde(default)]
    pub(crate) ignore_case: bool,
    /// Name of an offline proof.
    #[serde(default)]
    pub(crate) proof: Str,
    /// The least Shannon entropy of the secret, in bits per byte.
    #[serde(default)]
    pub(crate) entropy: f32,
    /// Rules one of which must stand nearby; without one, confidence is low.
    #[serde(default)]
    pub(crate) partners: List,
    /// What to do about it: how to revoke, where to rotate.
    #[serde(default)]
    pub(crate) help: Str,
    /// Texts it must find, as generator expressions.
    #[serde(default)]
    pub(crate) examples: List,
    /// Texts it must not find, as generator expressions.
    #[serde(default)]
    pub(crate) counterexamples: List,
    /// The file it came from.
    #[serde(skip)]
    pub(crate) file: Str,
    /// The line its table starts at.
    #[serde(skip)]
    pub(crate) line: usize,
}

fn high() -> Str {
    Cow::Borrowed("high")
}

fn medium() -> Str {
    Cow::Borrowed("medium")
}

fn within() -> u16 {
    48
}
