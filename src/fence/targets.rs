//! The file of `--targets`: Target Repositories as the user writes them down.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::paths;
use crate::model::{Error, Result, Target, plain};

/// What a targets file may say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    target: Vec<Spanned<Entry>>,
}

/// One `[[target]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    #[serde(default)]
    paths: Vec<PathBuf>,
    #[serde(default)]
    urls: Vec<String>,
    #[serde(default)]
    words: Vec<String>,
}

/// Names are part of rule ids and placeholders.
const LONGEST_NAME: usize = 64;

/// A shorter word stands in every text.
const SHORTEST_WORD: usize = 3;

/// Reads the text of a targets file. `file` is its name: relative paths in it are relative to its directory.
pub(super) fn parse(file: &Path, text: &str) -> Result<Vec<Target>> {
    let fault = |at: usize, message: String| Error::Config {
        file: file.to_string_lossy().into_owned(),
        line: memchr::memchr_iter(b'\n', &text.as_bytes()[..at.min(text.len())]).count() + 1,
        message,
    };
    let parsed: File = toml::from_str(text)
        .map_err(|error| fault(error.span().map_or(0, |span| span.start), plain(error.message())))?;
    if parsed.target.is_empty() {
        return Err(fault(0, "no target is named: write `[[target]]` with a `name` and its `paths`".into()));
    }
    let directory = file.parent().unwrap_or(Path::new(""));
    let home = paths::home();
    let target = |entry: Spanned<Entry>| {
        let start = entry.span().start;
        let Entry { name, paths, urls, words } = entry.into_inner();
        let place =
            |path: PathBuf| if is_drive(&path) { path } else { directory.join(paths::expand(&path, home.as_deref())) };
        // An empty path would be the directory itself.
        let paths =
            paths.into_iter().map(|path| if path.as_os_str().is_empty() { path } else { place(path) }).collect();
        let target = Target { name, paths, urls, words };
        check(&target).map_err(|message| fault(start, message))?;
        Ok(target)
    };
    parsed.target.into_iter().map(target).collect()
}

/// What is wrong with a target, if anything.
pub(super) fn check(target: &Target) -> Result<(), String> {
    let Target { name, paths, urls, words } = target;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(is_name) {
        return Err(format!("a target's `name` is of at most {LONGEST_NAME} letters, digits, `-`, `_` and `.`"));
    }
    let wrong = |what: &str| Err(format!("target `{name}`: {what}"));
    if paths.is_empty() && urls.is_empty() && words.is_empty() {
        return wrong("it says nothing to keep away from: give `paths`, `urls` or `words`");
    }
    for path in paths {
        if path.as_os_str().is_empty() {
            return wrong("a path is empty");
        }
        let home = paths::home();
        let expanded = paths::expand(path, home.as_deref());
        let real =
            paths::real(&expanded).map_err(|error| format!("target `{name}`: a path cannot be resolved: {error}"))?;
        if real.parent().is_none() {
            return wrong("a path is the root directory, which would leave nothing to read");
        }
        if home.is_some_and(|home| paths::real(&home).is_ok_and(|home| home == real)) {
            return wrong("a path is your home directory; name the repository in it");
        }
    }
    if urls.iter().any(|url| url.trim().is_empty()) {
        return wrong("a URL is empty");
    }
    if words.iter().any(|word| word.trim().len() < SHORTEST_WORD) {
        return wrong("a word is shorter than three bytes and would be found everywhere");
    }
    Ok(())
}

/// Whether a path is of Windows, such as `C:\work\alpha`.
pub(super) fn is_drive(path: &Path) -> bool {
    matches!(path.as_os_str().as_encoded_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_targets() {
        let text = "[[target]]\nname = 'alpha'\npaths = ['/srv/alpha', 'beside', '../above', 'C:\\work\\alpha']\n\
                    urls = ['git@example.com:acme/alpha.git']\n[[target]]\nname = 'b.2'\nwords = ['acme/beta']";
        let targets = parse(Path::new("conf/targets.toml"), text).unwrap();
        let paths = ["/srv/alpha", "conf/beside", "conf/../above", "C:\\work\\alpha"];
        assert_eq!(targets[0].paths, paths.map(PathBuf::from));
        assert_eq!((targets[1].name.as_str(), targets[1].words[0].as_str()), ("b.2", "acme/beta"));
    }

    #[test]
    fn faults_name_the_line_and_the_mend() {
        for (text, fault) in [
            ("", "1: no target is named: write `[[target]]` with a `name` and its `paths`"),
            ("targets = 1", "1: unknown key `targets`; did you mean `target`?"),
            ("[[target]]\nname = 'a'\npath = ['/x']", "3: unknown key `path`; did you mean `paths`?"),
            ("[[target]]\nname = 'a'\npaths = '/x'", "3: expected an array"),
            ("[[target]]\npaths = ['/x']", "1: missing field `name`"),
            (
                "\n[[target]]\nname = 'a'",
                "2: target `a`: it says nothing to keep away from: give `paths`, `urls` or `words`",
            ),
            (
                "[[target]]\nname = 'a b'\npaths = ['/x']",
                "1: a target's `name` is of at most 64 letters, digits, `-`, `_` and `.`",
            ),
            (
                "[[target]]\nname = 'a'\npaths = ['/']",
                "1: target `a`: a path is the root directory, which would leave nothing to read",
            ),
            (
                "[[target]]\nname = 'a'\npaths = ['/usr/..']",
                "1: target `a`: a path is the root directory, which would leave nothing to read",
            ),
            (
                "[[target]]\nname = 'a'\npaths = ['~/.']",
                "1: target `a`: a path is your home directory; name the repository in it",
            ),
            ("[[target]]\nname = 'a'\npaths = ['']", "1: target `a`: a path is empty"),
            (
                "[[target]]\nname = 'a'\nwords = ['ab']",
                "1: target `a`: a word is shorter than three bytes and would be found everywhere",
            ),
        ] {
            assert_eq!(parse(Path::new("t.toml"), text).unwrap_err().to_string(), format!("t.toml:{fault}"), "{text}");
        }
    }
}
