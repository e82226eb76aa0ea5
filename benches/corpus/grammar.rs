//! Text by grammar: a rule has alternatives, an alternative is text with calls between `«` and `»`.
//!
//! ```text
//! == name *3      one alternative, all lines up to the next heading, drawn three times as often
//! :: name         each line an alternative
//! «rule»          a rule or a field of `maker`     «rule*2..5»      two to five times
//! «field:8..40»   a field with a range             «rule|json»      escaped for a JSON string (also `|base64`)
//! ```

use std::collections::BTreeMap;

use crate::encode;
use crate::maker::{FIELDS, Field, Maker};

type Filter = fn(&[u8], &mut Vec<u8>);

enum Piece {
    Text(&'static str),
    Call { what: What, times: (usize, usize), filters: Vec<Filter> },
}

enum What {
    Rule(RuleId),
    Field(Field, (usize, usize)),
}

/// A rule of the grammar that gave it out.
#[derive(Clone, Copy)]
pub(crate) struct RuleId(usize);

#[derive(Default)]
struct Rule {
    alternatives: Vec<Vec<Piece>>,
    /// Which alternative each draw means: one entry for each unit of weight.
    draws: Vec<usize>,
}

/// Rules that may call each other, read from the `.grammar` files.
pub(crate) struct Grammar {
    rules: Vec<Rule>,
    ids: BTreeMap<&'static str, usize>,
}

impl Grammar {
    /// # Panics
    /// When a grammar file names what does not exist: the files are part of this program.
    pub(crate) fn new(files: &[&'static str]) -> Self {
        let mut grammar = Self { rules: Vec::new(), ids: BTreeMap::new() };
        let alternatives: Vec<_> = files.iter().flat_map(|file| alternatives(file)).collect();
        for (name, _, _) in &alternatives {
            let next = grammar.ids.len();
            grammar.ids.entry(name).or_insert(next);
        }
        grammar.rules.resize_with(grammar.ids.len(), Rule::default);
        for (name, weight, text) in alternatives {
            let pieces = grammar.pieces(text);
            let rule = &mut grammar.rules[grammar.ids[name]];
            rule.draws.extend(std::iter::repeat_n(rule.alternatives.len(), weight));
            rule.alternatives.push(pieces);
        }
        grammar
    }

    /// # Panics
    /// When there is no such rule.
    pub(crate) fn rule(&self, name: &str) -> RuleId {
        RuleId(*self.ids.get(name).unwrap_or_else(|| panic!("no grammar rule or field `{name}`")))
    }

    /// Appends one text that the rule may stand for.
    pub(crate) fn write(&self, rule: RuleId, maker: &mut Maker<'_>, out: &mut Vec<u8>) {
        let Rule { alternatives, draws } = &self.rules[rule.0];
        for piece in &alternatives[*maker.rng.pick(draws)] {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Call { what, times, filters } => {
                    for _ in 0..maker.rng.between(times.0, times.1) {
                        self.call(what, filters, maker, out);
                    }
                }
            }
        }
    }

    fn call(&self, what: &What, filters: &[Filter], maker: &mut Maker<'_>, out: &mut Vec<u8>) {
        if let Some((last, inner)) = filters.split_last() {
            let mut plain = Vec::new();
            self.call(what, inner, maker, &mut plain);
            return last(&plain, out);
        }
        match *what {
            What::Rule(rule) => self.write(rule, maker, out),
            What::Field(field, (low, high)) => field(maker, low, high, out),
        }
    }

    fn pieces(&self, text: &'static str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, call)) = rest.split_once('«') {
            let (call, after) = call.split_once('»').unwrap_or_else(|| panic!("no `»` after `«{call}`"));
            pieces.extend([Piece::Text(before), self.parse_call(call)]);
            rest = after;
        }
        pieces.push(Piece::Text(rest));
        pieces.retain(|piece| !matches!(piece, Piece::Text("")));
        pieces
    }

    fn parse_call(&self, call: &str) -> Piece {
        let mut parts = call.split('|');
        let head = parts.next().unwrap_or_default();
        let filters = parts.map(filter).collect();
        let (head, times) = head.split_once('*').map_or((head, (1, 1)), |(head, times)| (head, range(times)));
        let (name, arguments) = head.split_once(':').map_or((head, (0, 0)), |(name, numbers)| (name, range(numbers)));
        let what = match FIELDS.iter().find(|(field, _)| *field == name) {
            Some(&(_, field)) => What::Field(field, arguments),
            None => What::Rule(self.rule(name)),
        };
        Piece::Call { what, times, filters }
    }
}

/// The alternatives of a file: rule name, weight, text. Blank lines at the end of one are layout.
fn alternatives(file: &'static str) -> Vec<(&'static str, usize, &'static str)> {
    let mut found = Vec::new();
    let mut headings = file.match_indices("\n== ").chain(file.match_indices("\n:: ")).collect::<Vec<_>>();
    headings.sort_unstable();
    let ends = headings.iter().skip(1).map(|(start, _)| *start).chain([file.len()]);
    for (&(start, mark), end) in headings.iter().zip(ends) {
        let (heading, body) = file[start + mark.len()..end].split_once('\n').unwrap_or_default();
        let (name, weight) = heading.split_once(" *").map_or((heading, 1), |(name, weight)| (name, number(weight)));
        if mark == "\n:: " {
            found.extend(body.lines().filter(|line| !line.is_empty()).map(|line| (name, weight, line)));
        } else {
            found.push((name, weight, body.trim_end_matches('\n')));
        }
    }
    found
}

fn filter(name: &str) -> Filter {
    match name {
        "json" => encode::json,
        "base64" => encode::base64,
        _ => panic!("no filter `{name}`"),
    }
}

fn range(text: &str) -> (usize, usize) {
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    (number(low), number(high))
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is not a number"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maker::Words;

    const FILE: &str = "heading\n\n== a\n«b*3»-«b|json|base64»\n\n== c *9\nx\n== c\ny\n:: b\n\"\n";

    fn text(rule: &str, times: usize) -> String {
        let (words, grammar, mut out) = (Words::new(), Grammar::new(&[FILE]), Vec::new());
        let mut maker = Maker::new("test", &words);
        for _ in 0..times {
            grammar.write(grammar.rule(rule), &mut maker, &mut out);
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn calls_repeat_and_filters_nest() {
        assert_eq!(text("a", 1), "\"\"\"-XCI=");
    }

    #[test]
    fn weights_are_shares_of_the_draws() {
        let rare = text("c", 1_000).matches('y').count();
        assert!((50..200).contains(&rare), "{rare} of 1000 for a weight of 1 in 10");
    }

    #[test]
    #[should_panic(expected = "no grammar rule or field `gone`")]
    fn unknown_names_are_named() {
        Grammar::new(&["\n:: a\n«gone»\n"]);
    }
}
