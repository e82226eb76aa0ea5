//! Whether what a rule matched is worth a hit: its proof, what speaks against it, how sure that leaves the rule.

use std::ops::Range;

use super::boundary;
use super::filters;
use super::proof;
use super::shapes::Match;
use crate::model::{Confidence, Proof};
use crate::raw::{Hit, Secret, Text};
use crate::ruleset::Rule;

/// The hit that a match of the rule with this number is, if it is one.
pub(super) fn judge(number: u32, rule: &Rule, found: Match, text: &Text<'_>) -> Option<Hit> {
    let value = &text.bytes[found.secret.clone()];
    let verdict = proof::find(&rule.proof).map(|kind| (kind.prove)(Secret::new(value))).unwrap_or_default();
    let proven = matches!(verdict.proof, Proof::Checksum | Proof::Structure);
    let body = rule.anchors.iter().find_map(|anchor| value.strip_prefix(anchor.as_bytes())).unwrap_or(value);
    if filters::is_dummy(value)
        || !proven
            && (is_no_token(rule, value, body)
                || is_chance(rule, &found, text)
                || is_something_else(rule, &found, text))
    {
        return None;
    }
    let confidence = match verdict.proof {
        // Whoever makes up a token may well compute its checksum.
        _ if verdict.locked || filters::is_made_up(body) => Confidence::Low,
        Proof::Checksum | Proof::Structure => Confidence::High,
        Proof::Failed => Confidence::Low,
        Proof::None => rule.base_confidence(),
    };
    Some(Hit {
        rule: number,
        matched: found.whole,
        secret: found.secret,
        confidence,
        proof: verdict.proof,
        wrapping: text.wrapping,
        detail: verdict.detail,
    })
}

/// The hit that a match is to which letters or digits are glued; `end` is where they end. It may be a longer token of an unknown form, all of it
/// secret, or chance, so what is doubted anyway is none. A checksum tells a token from what follows it.
pub(super) fn judge_within(number: u32, rule: &Rule, found: Match, end: usize, text: &Text<'_>) -> Option<Hit> {
    let is_all = found.secret == found.whole;
    let is_piece = boundary::follows_base64(text.bytes, found.whole.start);
    let hit = judge(number, rule, found, text)?;
    match hit.proof {
        Proof::Checksum => Some(hit),
        _ => (is_all && !is_piece && rule.base_confidence() > Confidence::Low).then(|| {
            let whole = hit.secret.start..end;
            Hit { matched: whole.clone(), secret: whole, confidence: Confidence::Low, ..hit }
        }),
    }
}

/// The hit that something generated is behind the mark of a rule's tokens, at `start`, though it has not their form: cut off, broken, or of
/// a form that is not known yet. Nobody shares such a thing knowingly.
pub(super) fn judge_behind(number: u32, rule: &Rule, start: usize, body: Range<usize>, text: &Text<'_>) -> Option<Hit> {
    const LEAST: usize = 16;
    let whole = start..body.end;
    let is_token = body.len() >= LEAST
        && rule.base_confidence() > Confidence::Low
        && !takes_a_part(rule)
        && filters::is_generated(&text.bytes[body])
        && !boundary::follows_base64(text.bytes, start);
    let hit = is_token.then(|| judge(number, rule, Match { whole: whole.clone(), secret: whole }, text))??;
    Some(Hit { confidence: Confidence::Low, ..hit })
}

/// Whether a value says of itself that it is none; `body` is what stands behind its prefix. What has a vendor's shape and length is doubted
/// where it is a filler from end to end; what a rule takes from a place (a group `secret`), where hands may have typed it.
fn is_no_token(rule: &Rule, value: &[u8], body: &[u8]) -> bool {
    let is_typed = if takes_a_part(rule) {
        filters::is_repetitive(body) || filters::is_repetitive(value)
    } else {
        filters::is_filler(body) || filters::is_filler(value)
    };
    is_typed || filters::bits_per_byte(body) < rule.entropy || filters::stands_for_value(value)
}

/// Whether the secret is a part of what the rule matches: it may be a password, and has a label of its own in the pattern.
fn takes_a_part(rule: &Rule) -> bool {
    rule.pattern.contains("(?<secret>") || rule.value.contains("(?<secret>")
}

/// Whether chance put the match into base64: four letters are in every 16 MB of it, zeros are a run of `A`, and what has no prefix is
/// everywhere.
fn is_chance(rule: &Rule, found: &Match, text: &Text<'_>) -> bool {
    const SHORT: usize = 4;
    let place = if rule.pattern.is_empty() { &found.secret } else { &found.whole };
    let is_common = |anchor: &str| anchor.len() <= SHORT || anchor.bytes().all(|byte| byte == b'A');
    rule.anchors.iter().all(|anchor| is_common(anchor)) && boundary::is_in_base64(text.bytes, place)
}

/// Whether a value that only a vendor's word speaks for is written, not generated, or called something else by its label.
fn is_something_else(rule: &Rule, found: &Match, text: &Text<'_>) -> bool {
    let is_known =
        |word: &str| rule.keywords.iter().any(|keyword| keyword.split(['_', '-', '.', ' ']).any(|own| own == word));
    !rule.value.is_empty()
        && rule.base_confidence() > Confidence::Low
        && !takes_a_part(rule)
        && (filters::is_written(&text.bytes[found.secret.clone()])
            || filters::is_labelled_otherwise(text.bytes, &found.secret, found.whole.start, is_known))
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;

    use crate::checks::{Checks, Scratch, sign};
    use crate::model::Confidence::{self, High, Low, Medium};
    use crate::ruleset::{RuleSet, expand};

    #[test]
    fn what_is_glued_to_a_token_hides_it_not() {
        let mut rules = RuleSet::builtin();
        rules.retain(|id| id == "dense-region" || id == "github-pat-classic");
        let mine =
            "vendor = 'x'\n[[rule]]\nid = 'mine'\ntitle = 't'\nanchors = ['acme_']\npattern = 'acme_[0-9a-f]{16}'";
        rules.add("my.toml", mine).expect("a rule file");
        let checks = Checks::new(rules).expect("sound rules");
        for (template, expected) in [
            ("{begin}acme_{x:16}{end}", &[Medium][..]),
            ("{begin}acme_{x:16}EXTRA{end}", &[Low]),
            ("{begin}acme_{x:20}{end}_x", &[Low]),
            ("TOKEN{begin}acme_{x:16}{end}", &[Low]),
            ("{begin}acme_{x:16}{end}acme_{x:16}", &[Medium, Low]),
            ("acme_{x:15}", &[]),
            ("TOKEN{begin}ghp_{W:30}{sign:github-classic}{end}EXTRA", &[High]),
            ("{begin}ghp_{W:40}{end}", &[Low]),
            ("{W:20}ghp_{W:40}", &[]),
            ("{begin}ghp_{W:30}{end}", &[Low]),
            ("{begin}ghp_{W:30}{end}…", &[Low]),
            ("{begin}ghp_{W:20}{end} ghp_{W:20}", &[Low, Low]),
            ("{begin}acme_{W:400}{end} x", &[Low]),
            ("'{begin}acme_{W:20}{end}','{W:20}'", &[Low]),
            ("ghp_{W:15}", &[]),
            ("ghp_your_personal_access_token_of_github", &[]),
        ] {
            let example = expand(template, 1, &sign).expect("the template is sound");
            let hits = checks.search(example.text.as_bytes(), &mut Scratch::default()).hits;
            let sure: Vec<Confidence> = hits.iter().map(|hit| hit.confidence).collect();
            assert_eq!(sure, expected, "{template}");
            assert_eq!(
                hits.first().map(|hit| hit.secret.clone()),
                example.secret.filter(|_| !hits.is_empty()),
                "{template}"
            );
        }
    }

    #[test]
    fn zeros_in_base64_begin_no_token() {
        let checks = Checks::new(RuleSet::builtin()).unwrap();
        let found = |text: &str| {
            let hits = checks.search(text.as_bytes(), &mut Scratch::default()).hits;
            hits.iter().map(|hit| checks.info(hit.rule).id.to_string()).collect::<Vec<_>>()
        };
        let mut random =
            std::iter::successors(Some(1_u32), |last| Some(last.wrapping_mul(747_796_405).wrapping_add(2_891_336_453)));
        let mut noise = |len: usize| random.by_ref().take(len).map(|number| (number >> 24) as u8).collect::<Vec<_>>();
        let stretches: Vec<u8> =
            (0..2000).flat_map(|len| [noise(60 + len % 60), vec![0; 17 + len % 7]].concat()).collect();
        assert_eq!(found(&BASE64.encode(&stretches)), [""; 0]);
        let body = BASE64.encode(&noise(66)).replace(['+', '/'], "x");
        assert_eq!(found(&format!("bearer: '{}{body}'", "A".repeat(22))), ["twitter-keys-bearer"]);
    }
}
