//! The built-in rules and the user's, gathered and checked.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::schema::{Rule, RuleFile};
use super::sound;
use crate::model::{Confidence, Error, Kind, Result, RuleId, RuleInfo, Severity};

/// The rules that ship with tightlip, made of `rules/*.toml` by `rules/build.rs`.
static BUILTIN: &[Rule] = include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// Anchors shorter than this would stop at every few bytes of any text.
const SHORTEST_ANCHOR: usize = 3;

/// A set of rules with unique names.
#[derive(Clone, Debug)]
pub struct RuleSet {
    rules: Cow<'static, [Rule]>,
}

impl RuleSet {
    /// The rules that ship with tightlip.
    pub fn builtin() -> Self {
        Self { rules: Cow::Borrowed(BUILTIN) }
    }

    /// No rules at all; the `key = value` check still runs.
    pub fn empty() -> Self {
        Self { rules: Cow::Borrowed(&[]) }
    }

    /// Adds the rules of a file in the language of `rules/*.toml`. `file` is its name in error messages.
    ///
    /// # Errors
    /// [`Error::Config`] where the file is not such TOML, [`Error::Rule`] where a rule could never work.
    pub fn add(&mut self, file: &str, text: &str) -> Result<()> {
        let parsed: RuleFile = toml::from_str(text).map_err(|error| Error::Config {
            file: file.into(),
            line: error.span().map_or(1, |span| line_of(text, span.start)),
            message: crate::model::plain(error.message()),
        })?;
        let mut known: HashSet<String> = self.rules.iter().map(|rule| rule.id.to_string()).collect();
        for spanned in parsed.rule {
            let line = line_of(text, spanned.span().start);
            let mut rule = spanned.into_inner();
            rule.file = Cow::Owned(file.to_owned());
            rule.line = line;
            if rule.vendor.is_empty() {
                rule.vendor.clone_from(&parsed.vendor);
            }
            check(&rule)?;
            if !known.insert(rule.id.to_string()) {
                return Err(rule.error("this id is taken; ids are unique over all rule files"));
            }
            self.rules.to_mut().push(rule);
        }
        let mut added = self.rules.iter().filter(|rule| rule.file == file);
        let stranger = |rule: &&Rule| rule.partners.iter().find(|partner| !known.contains(&***partner)).cloned();
        match added.find_map(|rule| Some((rule, stranger(&rule)?))) {
            Some((rule, partner)) => Err(rule.error(format!("no rule is called `{partner}`, its partner"))),
            None => Ok(()),
        }
    }

    /// Keeps only the rules for which `keep` holds.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        if !self.rules.iter().all(|rule| keep(&rule.id)) {
            self.rules.to_mut().retain(|rule| keep(&rule.id));
        }
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// What may be known of each rule, in file order.
    pub fn infos(&self) -> impl Iterator<Item = RuleInfo> + '_ {
        self.rules.iter().map(Rule::info)
    }

    /// The rules as written.
    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// 16 hex digits that change whenever a rule finds something else.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for rule in self.rules.iter() {
            for field in [
                &rule.id,
                &rule.severity,
                &rule.confidence,
                &rule.pattern,
                &rule.value,
                &rule.until,
                &rule.check,
                &rule.proof,
            ] {
                hash.update(field.as_bytes());
                hash.update([0]);
            }
            for list in [&rule.anchors, &rule.keywords, &rule.partners] {
                list.iter().for_each(|item| hash.update(item.as_bytes()));
                hash.update([0]);
            }
            hash.update(rule.within.to_le_bytes());
            hash.update(rule.entropy.to_le_bytes());
            hash.update([u8::from(rule.ignore_case)]);
        }
        hash.finalize().iter().take(8).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

impl Rule {
    /// What may be known of the rule.
    pub(crate) fn info(&self) -> RuleInfo {
        RuleInfo {
            id: RuleId::new(&self.id),
            title: self.title.to_string(),
            vendor: self.vendor.to_string(),
            kind: Kind::Secret,
            severity: severity(&self.severity).unwrap_or_default(),
            confidence: confidence(&self.confidence).unwrap_or_default(),
            help: self.help.to_string(),
        }
    }

    /// How sure a match is before proof.
    pub(crate) fn base_confidence(&self) -> Confidence {
        confidence(&self.confidence).unwrap_or_default()
    }

    /// Whether it ships with tightlip.
    pub(crate) fn is_builtin(&self) -> bool {
        matches!(self.file, Cow::Borrowed(_))
    }

    /// An error about this rule, with its place.
    pub(crate) fn error(&self, message: impl Into<String>) -> Error {
        Error::Rule { file: self.file.to_string(), line: self.line, rule: self.id.to_string(), message: message.into() }
    }
}

fn severity(text: &str) -> Option<Severity> {
    Some(match text {
        "low" => Severity::Low,
        "medium" => Severity::Medium,
        "high" => Severity::High,
        "critical" => Severity::Critical,
        _ => return None,
    })
}

fn confidence(text: &str) -> Option<Confidence> {
    Some(match text {
        "low" => Confidence::Low,
        "medium" => Confidence::Medium,
        "high" => Confidence::High,
        _ => return None,
    })
}

/// What can be said of a rule by itself.
fn check(rule: &Rule) -> Result<()> {
    let kebab =
        |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !kebab(&rule.id) {
        return Err(rule.error("an id is of lower-case letters, digits and `-`"));
    }
    if severity(&rule.severity).is_none() {
        return Err(rule.error("severity is `low`, `medium`, `high` or `critical`"));
    }
    if confidence(&rule.confidence).is_none() {
        return Err(rule.error("confidence is `low`, `medium` or `high`"));
    }
    if !rule.check.is_empty() {
        return Err(rule.error("`check` names code of tightlip's own; give `pattern` or `value`"));
    }
    let words = match (rule.pattern.is_empty(), rule.value.is_empty()) {
        (false, true) => &rule.anchors,
        (true, false) => &rule.keywords,
        _ => return Err(rule.error("give either `pattern` with `anchors`, or `value` with `keywords`")),
    };
    if words.is_empty() {
        return Err(
            rule.error("it has no anchor: name in `anchors` (or `keywords`) the literals that every match contains")
        );
    }
    match words.iter().find(|word| word.len() < SHORTEST_ANCHOR) {
        Some(short) => Err(rule.error(format!("the anchor `{short}` is shorter than {SHORTEST_ANCHOR} bytes"))),
        None => sound::check(rule).map_err(|message| rule.error(message)),
    }
}

/// The line that byte `at` of `text` stands on, from 1.
fn line_of(text: &str, at: usize) -> usize {
    memchr::memchr_iter(b'\n', &text.as_bytes()[..at.min(text.len())]).count() + 1
}
