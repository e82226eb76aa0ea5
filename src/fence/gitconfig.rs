//! Git's configuration: which files git would read, with all that they include. Only the one thing that leads elsewhere is looked for.

use std::env;
use std::path::{Path, PathBuf};

use super::guard::Fence;
use super::paths;

/// Git follows no longer chain of includes.
const DEEPEST: usize = 10;

/// Far more than anybody has.
const MOST: usize = 256;

/// The configuration of the user and of these git directories, and every file that it includes, under whatever condition. Some may be missing.
pub(super) fn files(fence: &Fence, git: &[PathBuf]) -> Vec<PathBuf> {
    let home = paths::home();
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let below_home = |name: &str| home.as_deref().map(|home| home.join(name));
    let of_user: Vec<PathBuf> = if let Some(file) = variable("GIT_CONFIG_GLOBAL") {
        vec![file]
    } else {
        let xdg = variable("XDG_CONFIG_HOME").or_else(|| below_home(".config"));
        xdg.map(|xdg| xdg.join("git/config")).into_iter().chain(below_home(".gitconfig")).collect()
    };
    let of_system = variable("GIT_CONFIG_SYSTEM").unwrap_or_else(|| "/etc/gitconfig".into());
    let of_git = git.iter().flat_map(|git| ["config", "config.worktree"].map(|name| git.join(name)));
    let mut files: Vec<PathBuf> = of_user.into_iter().chain([of_system]).chain(of_git).collect();
    let mut from = 0;
    for _ in 0..DEEPEST {
        let mut included = Vec::new();
        for file in &files[from..] {
            // What cannot be read here git will not be let read either.
            let text = fence.read_pointer(file).ok().flatten().unwrap_or_default();
            let directory = file.parent().unwrap_or(Path::new(""));
            let place = |path: String| directory.join(paths::expand(Path::new(&path), home.as_deref()));
            included.extend(includes(&text).into_iter().map(place));
        }
        from = files.len();
        included.retain(|file| !files.contains(file));
        files.extend(included);
        files.truncate(MOST);
    }
    files
}

/// The paths that a configuration includes, as they are written.
fn includes(text: &str) -> Vec<String> {
    let mut included = Vec::new();
    let mut is_include = false;
    for line in text.lines() {
        let mut rest = line.trim();
        if let Some(header) = rest.strip_prefix('[') {
            let quoted = header.rfind('"').unwrap_or(0);
            let end = header[quoted..].find(']').map_or(header.len(), |at| quoted + at);
            let name = header[..end].split(|byte: char| !byte.is_ascii_alphanumeric()).next().unwrap_or_default();
            is_include = ["include", "includeIf"].iter().any(|section| section.eq_ignore_ascii_case(name));
            rest = header.get(end + 1..).unwrap_or_default().trim();
        }
        let entry = rest.split_once('=').filter(|(key, _)| is_include && key.trim().eq_ignore_ascii_case("path"));
        included.extend(entry.map(|(_, value)| unquoted(value.trim())));
    }
    included
}

/// A value without its quotes and the comment behind it.
fn unquoted(value: &str) -> String {
    let mut text = String::new();
    let mut is_quoted = false;
    let mut chars = value.chars();
    while let Some(next) = chars.next() {
        match next {
            '"' => is_quoted = !is_quoted,
            '\\' => text.extend(chars.next()),
            '#' | ';' if !is_quoted => break,
            next => text.push(next),
        }
    }
    if value.ends_with('"') { text } else { text.trim_end().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_configuration_includes_is_found() {
        for (text, expected) in [
            ("[include]\n\tpath = ~/a\n", &["~/a"][..]),
            ("[Include] PATH=b # why\n[user]\npath = no\n", &["b"]),
            ("[includeIf \"gitdir:~/w]x/\"]\n  path = \"c d;e\" ; f\n  path = g\n", &["c d;e", "g"]),
            ("[includeIf.x]\npath = h\\\\i", &["h\\i"]),
            ("[core]\n\tworktree = ../x\n[included]\npath = no", &[]),
            ("path = no\n[include\npath = odd", &["odd"]),
        ] {
            assert_eq!(includes(text), expected, "{text}");
        }
    }
}
