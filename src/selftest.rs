//! Rules tell what they find and what they do not; here they are held to it.

use std::fmt;

use crate::checks::{Checks, Scratch, sign};
use crate::model::{Confidence, Result};
use crate::raw::Hit;
use crate::ruleset::{Example, Rule, RuleSet, expand};

/// Each template is expanded this many times, with other seeds.
const ROUNDS: u64 = 4;

/// An example that a rule does not keep. Holds the template, never the text made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The rule file.
    pub file: String,
    /// The line of the rule's table, from 1.
    pub line: usize,
    /// The rule's id.
    pub rule: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: rule `{}`: {}", self.file, self.line, self.rule, self.message)
    }
}

/// Runs every example and counterexample of every rule that `tested` names, within the whole set.
///
/// # Errors
/// [`crate::Error::Rule`] where a rule cannot even be compiled.
pub fn selftest(rules: &RuleSet, tested: impl Fn(&str) -> bool) -> Result<Vec<Failure>> {
    let checks = Checks::new(rules.clone())?;
    if let Some(error) = checks.compile_all().next() {
        return Err(error);
    }
    let mut failures = Vec::new();
    for (number, rule) in rules.rules().iter().enumerate().filter(|(_, rule)| tested(&rule.id)) {
        let mut tell = |what: &str, template: &str| {
            failures.push(Failure {
                file: rule.file.to_string(),
                line: rule.line,
                rule: rule.id.to_string(),
                message: format!("{what}: {template}"),
            });
        };
        // No short text is too dense; a unit test of `checks::patterns` makes one that is.
        if rule.examples.is_empty() && rule.check != "dense-region" {
            tell("it has no example", "");
        }
        broken(&checks, number, rule, |what, template| tell(&what, template));
    }
    Ok(failures)
}

/// Holds rules of the user's to their examples.
///
/// # Errors
/// [`crate::Error::Rule`] for the first that does not keep one. The example is not shown: a careless one may be a secret.
pub(crate) fn hold(rules: &RuleSet) -> Result<()> {
    if rules.rules().iter().all(Rule::is_builtin) {
        return Ok(());
    }
    let checks = Checks::new(rules.clone())?;
    for (number, rule) in rules.rules().iter().enumerate().filter(|(_, rule)| !rule.is_builtin()) {
        let mut first = None;
        broken(&checks, number, rule, |what, _| {
            first.get_or_insert(what);
        });
        if let Some(what) = first {
            return Err(rule.error(format!("{what}; `tightlip rules test {}` tells more", rule.file)));
        }
    }
    Ok(())
}

/// Tells of each example and counterexample that a rule does not keep what is wrong, and the template.
fn broken(checks: &Checks, number: usize, rule: &Rule, mut tell: impl FnMut(String, &str)) {
    let mut scratch = Scratch::default();
    let templates = rule.examples.iter().map(|t| (t, true)).chain(rule.counterexamples.iter().map(|t| (t, false)));
    for (template, is_example) in templates {
        for seed in 0..ROUNDS {
            let example = match expand(template, seed, &sign) {
                Ok(example) => example,
                Err(message) => {
                    tell(message, template);
                    break;
                }
            };
            let hits = checks.hits(example.text.as_bytes(), &mut scratch);
            let own: Vec<&Hit> = hits.iter().filter(|hit| hit.rule as usize == number).collect();
            if let Some(what) = verdict(rule, &example, &own, is_example) {
                tell(what.into(), template);
                break;
            }
        }
    }
}

/// What is wrong with what a rule saw in one text.
fn verdict(rule: &Rule, example: &Example, own: &[&Hit], is_example: bool) -> Option<&'static str> {
    let expected = rule.base_confidence().min(Confidence::Medium);
    if !is_example {
        return own.iter().any(|hit| hit.confidence >= expected).then_some("this counterexample is found");
    }
    let lonely = !rule.partners.is_empty();
    let sure: Vec<_> = own.iter().filter(|hit| lonely || hit.confidence >= expected).collect();
    if own.is_empty() {
        Some("this example is not found")
    } else if sure.is_empty() {
        Some(
            "this example has not the form of the rule, or fails its proof: it is found with less confidence than the rule promises",
        )
    } else {
        let whole = example.secret.clone().unwrap_or(0..example.text.len());
        let covers = |hit: &&&Hit| hit.secret.start <= whole.start && whole.end <= hit.secret.end;
        // Without marks the template may hold more than the secret.
        (example.secret.is_some() && !sure.iter().any(covers))
            .then_some("only a part of this example's secret is found")
    }
}
