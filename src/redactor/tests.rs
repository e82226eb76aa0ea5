//! What a redaction must keep, tried on texts full of secrets.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::planted::{Piece, cases, document};

fn scanner() -> &'static Scanner {
    static SCANNER: OnceLock<Scanner> = OnceLock::new();
    SCANNER.get_or_init(|| Scanner::builder().threads(2).build().unwrap())
}

fn redactor() -> &'static Redactor<'static> {
    static REDACTOR: OnceLock<Redactor<'static>> = OnceLock::new();
    REDACTOR.get_or_init(|| {
        let key = Key::from_reader(&b"a key of the tests, made for them"[..]).unwrap();
        Redactor::builder(scanner()).key(key).build().unwrap()
    })
}

/// Every 5 bytes of a value that only it can have brought.
fn pieces(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.windows(5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(300), ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_left_and_nothing_else_is_lost(pieces in prop::collection::vec(any::<Piece>(), 1..20)) {
        let text = document(&pieces);
        let copy = match redactor().redact_bytes(&text, &Origin::stdin()) {
            Ok(copy) => copy,
            Err(error) => panic!("{error}"),
        };
        prop_assert!(scanner().leaks(&copy).unwrap().is_empty());
        let again = redactor().redact_bytes(&copy, &Origin::stdin()).unwrap();
        prop_assert!(again == copy, "redacted again, it changes");
    }
}

#[test]
fn dbg_every() {
    use crate::planted::{Wrap, example, templates};
    let mut bad = 0;
    let mut n = 0;
    for (rule, template) in templates() {
        for wrap in Wrap::ALL {
            let text = example(template, 7).text;
            let bytes = wrap.apply(&text);
            n += 1;
            let plan = redactor().plan();
            let leaks = plan.leaks(&bytes).unwrap();
            if leaks.is_empty() { continue; }
            if let Err(e) = plan.redact(&bytes, Kind::Lines) {
                bad += 1;
                if bad < 25 {
                let _ = rule;
                eprintln!("{wrap:?} {template:?}: {e}");
                for l in &leaks { eprintln!("   1: {} {:?} {}", l.rule, l.span, bytes[l.span.clone()].escape_ascii()); }
                eprintln!("   {}", bytes.escape_ascii());
                }
            }
        }
    }
    eprintln!("{bad} of {n}");
}
