//! What a rule is about, in words: for `tightlip rules show` and the pages of `tightlip generate docs`.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use super::compile::{ByteSet, Program, Sequence, Step, compile};
use super::load::RuleSet;
use super::schema::Rule;

/// So many forms of one shape are told.
const MOST_FORMS: usize = 3;

impl RuleSet {
    /// A page of Markdown about all rules, or about those of one vendor, in any case; `None` where no rule is of that vendor.
    pub fn handbook(&self, vendor: Option<&str>) -> Option<String> {
        let mut rules: Vec<&Rule> = self.rules().iter().collect();
        rules.retain(|rule| vendor.is_none_or(|vendor| rule.vendor.eq_ignore_ascii_case(vendor)));
        rules.sort_by(|a, b| (a.vendor.to_lowercase(), &a.id).cmp(&(b.vendor.to_lowercase(), &b.id)));
        let mut page = String::from("# Rules\n\nMade by `tightlip generate docs`.\n");
        let mut last = "";
        for rule in &rules {
            if rule.vendor != last {
                let _ = write!(page, "\n## {}\n", rule.vendor);
                last = &rule.vendor;
            }
            let _ = write!(
                page,
                "\n### {}\n\n{}. Severity {}, confidence {}.\n\n",
                rule.id, rule.title, rule.severity, rule.confidence
            );
            for (what, words) in words(rule) {
                let _ = writeln!(page, "- **{what}**: {words}");
            }
        }
        (!rules.is_empty()).then_some(page)
    }
}

/// What is to be known of a rule, each under its head.
pub(super) fn words(rule: &Rule) -> Vec<(&'static str, String)> {
    let mut words = vec![
        ("Shape", shape(rule)),
        ("Proof", proof(rule)),
        ("Why it matters", why(rule).to_owned()),
        ("What to do", rule.help.to_string()),
        ("Known false positives", false_positives(rule)),
    ];
    words.retain(|(_, words)| !words.is_empty());
    words
}

fn shape(rule: &Rule) -> String {
    if !rule.check.is_empty() {
        return "none of its own: it is found by the place where it stands.".into();
    }
    let forms = |pattern: &str| match compile(pattern, rule.ignore_case) {
        Ok(Program::Shape(sequences)) => told(&sequences),
        _ => "a longer form; see its pattern".into(),
    };
    let mut text = if rule.pattern.is_empty() {
        let words: Vec<String> = rule.keywords.iter().map(|word| format!("`{}`", word.trim_end_matches('_'))).collect();
        format!("{}, at most {} bytes behind {}", forms(&rule.value), rule.within, words.join(" or "))
    } else {
        forms(&rule.pattern)
    };
    if !rule.until.is_empty() {
        let _ = write!(text, ", and on to `{}`", rule.until);
    }
    text + "."
}

fn told(sequences: &[Sequence]) -> String {
    let mut forms: Vec<String> = sequences.iter().take(MOST_FORMS).map(steps).collect();
    if sequences.len() > MOST_FORMS {
        forms.push(format!("{} more forms", sequences.len() - MOST_FORMS));
    }
    forms.join("; or ")
}

fn steps(sequence: &Sequence) -> String {
    let step = |step: &Step| match step {
        Step::Literal(literal) => format!("`{}`", String::from_utf8_lossy(literal)),
        Step::Run { set, min, max } if min == max => format!("{min} {}", members(set)),
        Step::Run { set, min, max } => format!("{min} to {max} {}", members(set)),
    };
    let steps: Vec<String> = sequence.steps.iter().map(step).collect();
    steps.join(", ")
}

/// What a set of bytes is called.
fn members(set: &ByteSet) -> String {
    let classes: [(&str, &[RangeInclusive<u8>]); 7] = [
        ("letters", &[b'a'..=b'z', b'A'..=b'Z']),
        ("small letters", &[b'a'..=b'z']),
        ("capitals", &[b'A'..=b'Z']),
        ("hex digits", &[b'a'..=b'f', b'A'..=b'F', b'0'..=b'9']),
        ("small hex digits", &[b'a'..=b'f', b'0'..=b'9']),
        ("capital hex digits", &[b'A'..=b'F', b'0'..=b'9']),
        ("digits", &[b'0'..=b'9']),
    ];
    let mut rest = *set;
    let mut names: Vec<String> = Vec::new();
    for (name, ranges) in classes {
        let bytes = || ranges.iter().cloned().flatten().map(usize::from);
        if bytes().all(|byte| rest[byte]) {
            names.push(name.into());
            bytes().for_each(|byte| rest[byte] = false);
        }
    }
    let others: Vec<u8> = (0..=u8::MAX).filter(|byte| rest[usize::from(*byte)]).collect();
    if others.len() > 8 {
        return format!("of {} characters", set.iter().filter(|member| **member).count());
    }
    names.extend(others.iter().map(|byte| format!("`{}`", byte.escape_ascii())));
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, head)) => format!("{} and {last}", head.join(", ")),
        None => String::new(),
    }
}

fn proof(rule: &Rule) -> String {
    match &*rule.proof {
        "" => "none offline.".into(),
        name => format!("`{name}`. Passed lifts the confidence to high, failed lowers it to low."),
    }
}

/// What a secret of this severity opens.
fn why(rule: &Rule) -> &'static str {
    match &*rule.severity {
        "critical" => "it opens an account, a system or all of its data to whoever reads it.",
        "high" => "it lets whoever reads it act, read or spend in its owner's name.",
        "medium" => "it opens a part of a service, or for a while.",
        _ => "alone it opens little; together with others it does.",
    }
}

fn false_positives(rule: &Rule) -> String {
    let mut text = String::from(if !rule.proof.is_empty() {
        "what was made up to look alike; it fails the proof"
    } else if !rule.value.is_empty() {
        "another value of this form behind that word, such as a hash or an id"
    } else if !rule.check.is_empty() {
        "a sample that looks generated, a random value that is no secret"
    } else {
        "samples in documentation that are made like real ones"
    });
    if !rule.partners.is_empty() {
        let partners: Vec<String> = rule.partners.iter().map(|partner| format!("`{partner}`")).collect();
        let _ = write!(text, ". Without {} nearby its confidence is low", partners.join(" or "));
    }
    text + "."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_its_words() {
        let rules = RuleSet::builtin();
        for rule in rules.rules() {
            let words = words(rule);
            assert_eq!(words.len(), 5, "{}", rule.id);
            for (what, text) in words {
                assert!(text.ends_with('.') && text.len() > 4, "{}: {what}: {text}", rule.id);
            }
        }
        let page = rules.handbook(None).expect("there are rules");
        assert_eq!(page.matches("\n### ").count(), rules.len());
        assert!(rules.handbook(Some("github")).is_some_and(|page| page.contains("\n## GitHub\n")));
        assert_eq!(rules.handbook(Some("nobody")), None);
    }

    #[test]
    fn shapes_are_told_in_words() {
        let told = |pattern: &str| match compile(pattern, false).expect("it compiles") {
            Program::Shape(sequences) => told(&sequences),
            Program::Regex { .. } => panic!("{pattern} is no shape"),
        };
        for (pattern, words) in [
            ("ab_[0-9A-Za-z]{32}", "`ab_`, 32 letters and digits"),
            (
                "ab_[0-9a-f]{2,9}-[0-9A-Za-z_-]{3}",
                "`ab_`, 2 to 9 small hex digits, `-`, 3 letters, digits, `-` and `_`",
            ),
            ("(?:ab|cd)[0-9A-Z]{2}", "`ab`, 2 capitals and digits; or `cd`, 2 capitals and digits"),
            ("x[2-7A-Z]{9}", "`x`, 9 capitals, `2`, `3`, `4`, `5`, `6` and `7`"),
            ("x[!-~]{9}", "`x`, 9 of 94 characters"),
        ] {
            assert_eq!(told(pattern), words, "{pattern}");
        }
    }
}
