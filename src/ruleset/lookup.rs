//! Rules by name: the nearest to a mistyped one, and one rule in full as it would stand in a rule file.

use std::fmt::Write as _;

use toml::Value;

use super::load::RuleSet;
use super::page;
use super::schema::{List, Rule, Str};
use crate::model::nearest;

impl RuleSet {
    /// The id most like `id`, if any is like it.
    pub fn nearest(&self, id: &str) -> Option<&str> {
        nearest(id, self.rules().iter().map(|rule| rule.id.as_ref()))
    }

    /// The file and the line that the rule of that id stands in.
    pub fn place(&self, id: &str) -> Option<(&str, usize)> {
        self.rules().iter().find(|rule| rule.id == id).map(|rule| (rule.file.as_ref(), rule.line))
    }

    /// The rule of that id in the language of rule files, below what is to be known of it. Its examples stay templates: expanded, they would look like secrets.
    pub fn definition(&self, id: &str) -> Option<String> {
        self.rules().iter().find(|rule| rule.id == id).map(definition)
    }
}

fn definition(rule: &Rule) -> String {
    let text = |text: &Str| (!text.is_empty()).then(|| Value::from(text.as_ref()));
    let array = |list: &List| Value::Array(list.iter().map(|item| Value::from(item.as_ref())).collect());
    let list = |list: &List| (!list.is_empty()).then(|| array(list));
    let fields: [(&str, Option<Value>); 17] = [
        ("id", text(&rule.id)),
        ("title", text(&rule.title)),
        ("vendor", text(&rule.vendor)),
        ("severity", text(&rule.severity)),
        ("confidence", text(&rule.confidence)),
        ("anchors", list(&rule.anchors)),
        ("pattern", text(&rule.pattern)),
        ("keywords", list(&rule.keywords)),
        ("value", text(&rule.value)),
        ("within", (!rule.value.is_empty()).then(|| Value::from(i64::from(rule.within)))),
        ("ignore-case", rule.ignore_case.then_some(Value::Boolean(true))),
        ("proof", text(&rule.proof)),
        ("entropy", (rule.entropy > 0.0).then(|| Value::from(f64::from(rule.entropy)))),
        ("partners", list(&rule.partners)),
        ("help", text(&rule.help)),
        ("examples", list(&rule.examples)),
        ("counterexamples", list(&rule.counterexamples)),
    ];
    let mut toml = String::new();
    for (what, words) in page::words(rule) {
        let _ = writeln!(toml, "# {what}: {words}");
    }
    let _ = writeln!(toml, "[[rule]]  # {}:{}", rule.file, rule.line);
    for (key, value) in fields {
        if let Some(value) = value {
            let _ = writeln!(toml, "{key} = {value}");
        }
    }
    toml
}
