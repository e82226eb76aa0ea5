//! Literals that stand in for what is read at run time: `os.getenv("X", "…")`, `process.env.X || '…'`, `Field(default="…")`.

use super::names::ends_in;
use super::place::skip_blank;
use super::quote::Quote;

/// An expression is read so far.
const REACH: usize = 160;

/// What the names of functions end in, in lower case, that read a setting and take its fallback behind the setting's name.
const READERS: &[&str] = &["getenv", "lookupenv", ".get", "env", "fetch", "getordefault", "config", "getproperty"];

/// What takes a fallback alone.
const FIELDS: &[&str] = &["field", "column"];

/// What joins an expression to the literal that is taken where it is empty.
const JOINTS: &[&str] = &["or ", "||", "??", "?:"];

/// The quote at which the literal begins that the expression at `at` falls back to.
pub(super) fn literal(text: &[u8], at: usize) -> Option<usize> {
    let text = &text[..text.len().min(at + REACH)];
    let mut end = at;
    loop {
        let name = end..end + text[end..].iter().take_while(|byte| is_of_name(**byte)).count();
        end = name.end;
        match text.get(end)? {
            b'(' => {
                let argument = argument(text, &text[name], skip_blank(text, end + 1));
                if argument.is_some() {
                    return argument;
                }
                end += 1 + memchr::memchr2(b')', b'\n', &text[end..])?;
            }
            b'[' => end += 1 + memchr::memchr2(b']', b'\n', &text[end..])?,
            _ => break,
        }
    }
    let joint = skip_blank(text, end);
    let len = JOINTS.iter().find(|joined| text[joint..].starts_with(joined.as_bytes()))?.len();
    let is_expression = end > at && text[end - 1] != b'\n';
    is_quoted(text, skip_blank(text, joint + len)).filter(|_| is_expression)
}

/// The argument of a call, whose first one begins at `at`, that is a fallback.
fn argument(text: &[u8], function: &[u8], at: usize) -> Option<usize> {
    let Some(first) = is_quoted(text, at) else {
        return named(text, at).filter(|_| ends_in(function, FIELDS));
    };
    if ends_in(function, FIELDS) {
        return Some(first);
    }
    let open = Quote::at(text, first)?;
    let close = open.close(text, first + open.len(), text.len())?;
    let comma = skip_blank(text, close + open.len());
    let second = skip_blank(text, comma + 1);
    (text.get(comma) == Some(&b',')).then_some(())?;
    is_quoted(text, second).or_else(|| named(text, second)).filter(|_| ends_in(function, READERS))
}

/// The literal that the argument at `at` gives for a default.
fn named(text: &[u8], at: usize) -> Option<usize> {
    let sign = skip_blank(text, at + text.get(at..)?.strip_prefix(b"default").map(|_| b"default".len())?);
    matches!(text.get(sign), Some(b'=' | b':')).then(|| is_quoted(text, skip_blank(text, sign + 1)))?
}

fn is_quoted(text: &[u8], at: usize) -> Option<usize> {
    Quote::at(text, at).map(|_| at)
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_$.:?!->".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_fall_back_to_literals() {
        for (text, expected) in [
            ("os.getenv(\"X\", \"~\")", true),
            ("os.environ.get('X', '~')", true),
            ("os.getenv('X') or '~'", true),
            ("os.environ['X'] or '~'", true),
            ("process.env.X || '~';", true),
            ("process.env['X'] ?? `~`", true),
            ("ENV.fetch('X', '~')", true),
            ("getenv('X') ?: '~'", true),
            ("env('X', '~'),", true),
            ("System.getenv().getOrDefault(\"X\", \"~\");", true),
            ("config('X', default='~')", true),
            ("Field(default=\"~\")", true),
            ("Field(\"~\", alias=\"x\")", true),
            ("$options->x ?? '~'", true),
            ("args.x or \"~\"", true),
            ("load(\"X\", \"~\")", false),
            ("input('~')", false),
            ("f('X', g('~'))", false),
            ("os.getenv('X', y), '~'", false),
            ("|| '~'", false),
            ("x\n|| '~'", false),
            ("x || y", false),
            ("os.getenv('X'", false),
            ("x[", false),
            ("", false),
        ] {
            let at = text.find('~').map(|at| at - 1);
            assert_eq!(literal(text.as_bytes(), 0), at.filter(|_| expected), "{text}");
        }
    }
}
