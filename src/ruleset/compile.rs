//! Lowers a rule's pattern to the program that runs it: a table-driven shape where possible, a regex otherwise.
//!
//! A shape is a few sequences of literals and counted byte classes that need no backtracking: wherever a class of variable length
//! stands, what follows it cannot begin with a byte of that class. Running it from a known start takes one step a byte and needs
//! no compilation worth the name (a regex: 0.1 to 0.3 ms each).

use std::sync::Arc;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// No pattern may match more bytes than this; longer secrets are blocks (`until`).
pub(crate) const LONGEST_MATCH: usize = 8 * 1024;

/// A pattern that spreads into more sequences than this runs as a regex.
const MOST_SEQUENCES: usize = 16;

/// A set of bytes, one flag each.
pub(crate) type ByteSet = [bool; 256];

/// One step of a sequence.
#[derive(Clone)]
pub(crate) enum Step {
    /// These bytes exactly.
    Literal(Arc<[u8]>),
    /// `min..=max` bytes of a set.
    Run { set: Arc<ByteSet>, min: usize, max: usize },
}

/// Steps one after the other, with the part that is the secret.
#[derive(Clone, Default)]
pub(crate) struct Sequence {
    pub(crate) steps: Vec<Step>,
    /// Steps of the group `secret`, where it is named.
    pub(crate) secret: Option<(usize, usize)>,
}

/// What runs a pattern.
pub(crate) enum Program {
    /// Sequences tried in order.
    Shape(Vec<Sequence>),
    /// The regex crate; matches are at most `longest` bytes.
    Regex { regex: regex::bytes::Regex, longest: usize },
}

/// Compiles a pattern. The error says what is wrong with it.
pub(crate) fn compile(pattern: &str, ignore_case: bool) -> Result<Program, String> {
    let hir = parse(pattern, ignore_case)?;
    let longest = check(&hir)?;
    match sequences(&hir) {
        Some(list) if list.iter().all(Sequence::is_deterministic) => Ok(Program::Shape(list)),
        _ => {
            let regex = regex::bytes::RegexBuilder::new(pattern)
                .unicode(false)
                .case_insensitive(ignore_case)
                .size_limit(1 << 22)
                .build()
                .map_err(|error| error.to_string())?;
            Ok(Program::Regex { regex, longest })
        }
    }
}

/// Reads a pattern.
pub(super) fn parse(pattern: &str, ignore_case: bool) -> Result<Hir, String> {
    ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .case_insensitive(ignore_case)
        .build()
        .parse(pattern)
        .map_err(|error| format!("the pattern is no valid regex: {error}"))
}

/// The longest match, in bytes.
fn check(hir: &Hir) -> Result<usize, String> {
    let properties = hir.properties();
    if properties.minimum_len().unwrap_or(0) == 0 {
        return Err("the pattern can match nothing at all".into());
    }
    match properties.maximum_len() {
        Some(longest) if longest <= LONGEST_MATCH => Ok(longest),
        Some(longest) => Err(format!("the pattern can match {longest} bytes; {LONGEST_MATCH} is the limit")),
        None => Err("the pattern is unbounded: write `{2,40}` for `+`, `*` and `{2,}`".into()),
    }
}

/// The sequences a pattern spreads into, or `None` where it is no shape.
fn sequences(hir: &Hir) -> Option<Vec<Sequence>> {
    match hir.kind() {
        HirKind::Empty => Some(vec![Sequence::default()]),
        HirKind::Literal(literal) => Some(vec![Sequence::of(Step::Literal(Arc::from(&*literal.0)))]),
        HirKind::Class(class) => Some(vec![Sequence::of(Step::Run { set: byte_set(class)?, min: 1, max: 1 })]),
        HirKind::Look(_) => None,
        HirKind::Repetition(repetition) => repeated(repetition),
        HirKind::Capture(capture) => {
            let mut list = sequences(&capture.sub)?;
            if capture.name.as_deref() == Some("secret") {
                for sequence in &mut list {
                    sequence.secret = Some((0, sequence.steps.len()));
                }
            }
            Some(list)
        }
        HirKind::Concat(parts) => {
            parts.iter().try_fold(vec![Sequence::default()], |heads, part| joined(&heads, &sequences(part)?))
        }
        HirKind::Alternation(branches) => {
            let mut list = Vec::new();
            for branch in branches {
                list.extend(sequences(branch)?);
            }
            (list.len() <= MOST_SEQUENCES).then_some(list)
        }
    }
}

fn repeated(repetition: &Repetition) -> Option<Vec<Sequence>> {
    let (min, max) = (repetition.min as usize, repetition.max? as usize);
    let inner = sequences(&repetition.sub)?;
    if let [Sequence { steps, secret: None }] = inner.as_slice()
        && let [Step::Run { set, min: 1, max: 1 }] = steps.as_slice()
    {
        return Some(vec![Sequence::of(Step::Run { set: set.clone(), min, max })]);
    }
    // Optional parts and small counts of something longer: spell them out, longest first as a greedy regex would.
    if max > 4 || !repetition.greedy {
        return None;
    }
    let mut list = Vec::new();
    for count in (min..=max).rev() {
        let mut spelled = vec![Sequence::default()];
        for _ in 0..count {
            spelled = joined(&spelled, &inner)?;
        }
        list.extend(spelled);
    }
    (list.len() <= MOST_SEQUENCES).then_some(list)
}

/// Every head followed by every tail.
fn joined(heads: &[Sequence], tails: &[Sequence]) -> Option<Vec<Sequence>> {
    if heads.len() * tails.len() > MOST_SEQUENCES {
        return None;
    }
    let mut list = Vec::with_capacity(heads.len() * tails.len());
    for head in heads {
        for tail in tails {
            let offset = head.steps.len();
            let mut sequence = head.clone();
            sequence.steps.extend(tail.steps.iter().cloned());
            if let Some((start, end)) = tail.secret {
                sequence.secret = Some((start + offset, end + offset));
            }
            list.push(sequence);
        }
    }
    Some(list)
}

fn byte_set(class: &Class) -> Option<Arc<ByteSet>> {
    let Class::Bytes(class) = class else { return None };
    let mut set = [false; 256];
    for range in class.ranges() {
        set[usize::from(range.start())..=usize::from(range.end())].fill(true);
    }
    Some(Arc::new(set))
}

impl Step {
    /// Whether the step always takes the same number of bytes, and how many.
    pub(crate) fn fixed_len(&self) -> Option<usize> {
        match self {
            Self::Literal(literal) => Some(literal.len()),
            Self::Run { min, max, .. } => (min == max).then_some(*min),
        }
    }

    /// Whether the step can take no byte.
    fn can_be_empty(&self) -> bool {
        matches!(self, Self::Run { min: 0, .. })
    }

    fn starts_with(&self, byte: usize) -> bool {
        match self {
            Self::Literal(literal) => literal.first().is_some_and(|&first| usize::from(first) == byte),
            Self::Run { set, .. } => set[byte],
        }
    }

    fn ends_with(&self, byte: usize) -> bool {
        match self {
            Self::Literal(literal) => literal.last().is_some_and(|&last| usize::from(last) == byte),
            Self::Run { set, .. } => set[byte],
        }
    }
}

impl Sequence {
    fn of(step: Step) -> Self {
        Self { steps: vec![step], secret: None }
    }

    /// Whether greedy steps from a known start find the only possible match: what follows a variable run cannot begin with its bytes.
    fn is_deterministic(&self) -> bool {
        !self.steps.is_empty()
            && (0..self.steps.len()).all(|index| self.is_clear_of(index, self.steps.get(index + 1), Step::starts_with))
    }

    /// Whether a match may begin with a byte.
    pub(crate) fn may_start_with(&self, byte: u8) -> bool {
        self.steps.first().is_some_and(|step| step.can_be_empty() || step.starts_with(usize::from(byte)))
    }

    /// Whether the start can be found from step `index` backwards: what precedes a variable run cannot end with its bytes.
    pub(crate) fn is_reversible_before(&self, index: usize) -> bool {
        (0..index).all(|at| self.is_clear_of(at, at.checked_sub(1).map(|before| &self.steps[before]), Step::ends_with))
    }

    /// Whether the step at `index` takes a fixed number of bytes, or shares none with the neighbour's near end.
    fn is_clear_of(&self, index: usize, neighbour: Option<&Step>, touches: fn(&Step, usize) -> bool) -> bool {
        let step @ Step::Run { set, .. } = &self.steps[index] else { return true };
        step.fixed_len().is_some()
            || neighbour
                .is_none_or(|next| !next.can_be_empty() && (0..256).all(|byte| !(set[byte] && touches(next, byte))))
    }

    /// Where `literal` stands in this sequence: how many steps lie before it, and how many bytes into that step it begins. Where it could
    /// stand in several places, the one that spells out most of it (a class of letters could read any word).
    pub(crate) fn find(&self, literal: &[u8]) -> Option<(usize, usize)> {
        let fixed = |index: usize| self.steps[index].fixed_len().unwrap_or(0);
        let places = (0..self.steps.len()).flat_map(|index| (0..fixed(index)).map(move |offset| (index, offset)));
        let places = places.filter(|&(index, _)| self.is_reversible_before(index));
        let spelled =
            places.filter_map(|(index, offset)| Some((self.spells(index, offset, literal)?, (index, offset))));
        spelled.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, place)| place)
    }

    /// How many bytes of `literal` the steps from `offset` bytes into step `index` on spell out; `None` where they cannot read it.
    fn spells(&self, mut index: usize, mut offset: usize, literal: &[u8]) -> Option<usize> {
        let mut count = 0;
        for &byte in literal {
            while self.steps.get(index).is_some_and(|step| step.fixed_len() == Some(offset)) {
                (index, offset) = (index + 1, 0);
            }
            match self.steps.get(index)? {
                Step::Literal(text) if text[offset] == byte => count += 1,
                step @ Step::Run { set, .. } if step.fixed_len().is_some() && set[usize::from(byte)] => {
                    count += usize::from(set.iter().filter(|&&member| member).count() <= 2);
                }
                _ => return None,
            }
            offset += 1;
        }
        Some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(pattern: &str) -> Option<Vec<Sequence>> {
        match compile(pattern, false).expect("it compiles") {
            Program::Shape(list) => Some(list),
            Program::Regex { .. } => None,
        }
    }

    #[test]
    fn sequences_of_literals_and_counted_classes_are_shapes() {
        for (pattern, count) in [
            ("ab_[0-9a-f]{32}", Some(1)),
            ("ab_[0-9]{2,9}-[0-9a-f]{32}", Some(1)),
            ("(?:ab|cd)_[0-9]{2}", Some(2)),
            ("ab(?:cd)?_[0-9]{2}", Some(2)),
            ("x[ab]{1,3}(?<secret>[0-9]{9})", Some(1)),
            // What follows the run could belong to it.
            ("ab_[0-9a-f]{2,9}abc", None),
            ("ab_[0-9]{2,9}[0-9a-f]{32}", None),
            ("ab_.{2,9}x", None),
            (r"\bab_[0-9]{2}", None),
        ] {
            assert_eq!(shape(pattern).map(|list| list.len()), count, "{pattern}");
        }
    }

    #[test]
    fn what_cannot_work_is_told() {
        for (pattern, told) in [
            ("a+", "unbounded"),
            ("[", "no valid regex"),
            ("a{0,3}", "nothing at all"),
            ("[ab]{9000}", "9000 bytes"),
            ("x{2,}", "unbounded"),
        ] {
            let error = compile(pattern, false).err().expect(pattern);
            assert!(error.contains(told), "{pattern}: {error}");
        }
    }

    #[test]
    fn an_anchor_is_placed_where_it_is_spelled_out() {
        let place = |pattern: &str, literal: &str| shape(pattern).expect("a shape")[0].find(literal.as_bytes());
        assert_eq!(place("sk-[0-9A-Za-z]{20}MARK[0-9A-Za-z]{20}", "MARK"), Some((2, 0)));
        assert_eq!(place("xox[bp]-[0-9]{9}", "xoxp-"), Some((0, 0)));
        assert_eq!(place("[0-9]{8,10}:AA[0-9]{3}", ":AA"), Some((1, 0)));
        assert_eq!(place("ab_[0-9]{9}", "abc"), None);
    }
}
