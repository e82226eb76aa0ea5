//! Relative paths: resolved against the directories that the same record names, be it a line or a JSON object.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::spelling::{absolute_start, begins_name, ends_name, is_name, separators_after};
use super::{Mention, extent};

/// No directory further away than this counts, so that a text may be cut into blocks anywhere.
const REACH: usize = 8 << 10;

/// So many of the nearest directories are tried, to each side.
const MOST_TRIED: usize = 4;

/// A longer run of path characters is no path.
const LONGEST_TOKEN: usize = 1024;

/// What names the directory that relative paths of a record are relative to.
const KEYS: [&str; 16] = [
    "cwd",
    "workdir",
    "work_dir",
    "working_dir",
    "working_directory",
    "workingdirectory",
    "working-directory",
    "workingdir",
    "pwd",
    "git-dir",
    "git_dir",
    "work-tree",
    "work_tree",
    "cd ",
    "pushd ",
    "-c ",
];

static KEY_AUTOMATON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(KEYS).ok()
});

/// The places of all targets in normal form: `/srv/work/alpha`, `~/src/alpha`, `c:/work/alpha`.
#[derive(Default)]
pub(super) struct Places(HashMap<String, u32>);

impl Places {
    pub(super) fn add(&mut self, place: String, target: u32) {
        self.0.insert(place, target);
    }

    /// The target that a path in normal form lies in.
    fn owner(&self, path: &str) -> Option<u32> {
        let cuts = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        cuts.map(|cut| self.0.get(&path[..cut])).find_map(Option::<&u32>::copied)
    }
}

/// A directory that a text names as the one that paths are relative to.
struct Directory {
    /// Where its path stands.
    at: Range<usize>,
    /// Its path in normal form.
    path: String,
}

/// What is known of the records of one text; most texts never ask.
pub(super) struct Records<'a> {
    text: &'a [u8],
    places: &'a Places,
    context: Option<Context>,
    /// Up to here paths without an absolute beginning were looked at.
    done: usize,
}

/// Found once for a text, in one pass each.
struct Context {
    directories: Vec<Directory>,
    /// Braces that belong together, and the pair around each, by the opening one.
    objects: Vec<(Range<usize>, Option<usize>)>,
}

impl<'a> Records<'a> {
    pub(super) fn new(text: &'a [u8], places: &'a Places) -> Self {
        Self { text, places, context: None, done: 0 }
    }

    /// The target, if the path that holds `start..end` leads into one although it does not begin with its name: a relative path, or one
    /// that goes back on its way (`/srv/work/beta/../alpha`).
    pub(super) fn resolved(&mut self, start: usize, end: usize) -> Option<Mention> {
        let text = self.text;
        if start < self.done || !begins_name(text, start) || ends_name(text, end).is_none() {
            return None;
        }
        let token = token(text, start);
        self.done = token.end;
        let is_lone = token.start == start && separators_after(text, end).is_none();
        if is_lone && !is_argument(text, start) {
            return None;
        }
        let path = Path::read(&text[token.clone()]);
        let found = match path.base.as_deref() {
            None => self.relative(&token, &path),
            // Without a way back it would have been found by its name.
            Some(_) if !path.parts.contains(&&b".."[..]) => None,
            Some("") if absolute_start(text, token.start, token.start + 1).is_none() => None,
            Some(_) => self.places.owner(&path.joined("")),
        };
        let range = token.start..extent::end(text, token.start, start, end, false).max(token.end);
        found.map(|target| Mention { target, name: token.start, range })
    }

    /// The target that a relative path leads into, by any directory of its record.
    fn relative(&mut self, token: &Range<usize>, path: &Path<'_>) -> Option<u32> {
        let places = self.places;
        let text = self.text;
        let context = self.context.get_or_insert_with(|| Context::new(text));
        context.near(text, token).find_map(|directory| places.owner(&path.joined(&directory.path)))
    }

    /// Adds what is relative to a target that a record names as its directory: the names of files in it.
    pub(super) fn add_relatives(&mut self, found: &mut Vec<Mention>) {
        let text = self.text;
        if !found.iter().any(|mention| follows_key(text, mention.range.start)) {
            return;
        }
        let places = self.places;
        let context = self.context.get_or_insert_with(|| Context::new(text));
        let inside: Vec<(&Directory, u32)> = context
            .directories
            .iter()
            .filter_map(|directory| Some((directory, places.owner(&directory.path)?)))
            .collect();
        let mut more = Vec::new();
        let mut done = 0;
        for (directory, _) in &inside {
            let record = context.record(text, &directory.at);
            let mut at = record.start.max(done);
            while let Some(token) = next_token(text, at, record.end) {
                at = token.end.max(at + 1);
                let path = Path::read(&text[token.clone()]);
                if path.base.is_none() && path.names_a_file() {
                    let owner =
                        context.near(text, &token).find_map(|directory| places.owner(&path.joined(&directory.path)));
                    more.extend(owner.map(|target| Mention { target, name: token.start, range: token }));
                }
            }
            done = record.end.max(done);
        }
        let known = found.len();
        for mention in more {
            let next = found[..known].partition_point(|known| known.range.end <= mention.range.start);
            if found[..known].get(next).is_none_or(|next| next.range.start >= mention.range.end) {
                found.push(mention);
            }
        }
    }
}

impl Context {
    fn new(text: &[u8]) -> Self {
        let keys = KEY_AUTOMATON.iter().flat_map(|automaton| automaton.find_iter(text));
        let directories = keys.filter_map(|key| {
            let is_whole = key.start() == 0 || !text[key.start() - 1].is_ascii_alphabetic();
            let at = is_whole.then(|| value_at(text, key.end())).flatten()?;
            let path = Path::read(&text[at.clone()]);
            path.base.as_ref()?;
            let joined = path.joined("");
            Some(Directory { at, path: joined.strip_suffix("/.git").unwrap_or(&joined).to_owned() })
        });
        Self { directories: directories.collect(), objects: objects(text) }
    }

    /// The directories that a path of this record may be relative to, the nearest before it first.
    fn near(&self, text: &[u8], token: &Range<usize>) -> impl Iterator<Item = &Directory> {
        let record = self.record(text, token);
        let middle = self.directories.partition_point(|directory| directory.at.start < token.start);
        let before = self.directories[..middle].iter().rev().take(MOST_TRIED).take_while({
            let start = record.start;
            move |directory| directory.at.start >= start
        });
        let after = self.directories[middle..]
            .iter()
            .take(MOST_TRIED)
            .take_while(move |directory| directory.at.end <= record.end);
        before.chain(after).filter({
            let token = token.clone();
            move |directory| directory.at.end <= token.start || token.end <= directory.at.start
        })
    }

    /// The line around a place, or the object of several lines.
    fn record(&self, text: &[u8], place: &Range<usize>) -> Range<usize> {
        let (from, to) = (place.start.saturating_sub(REACH), text.len().min(place.end + REACH));
        let start = memchr::memrchr(b'\n', &text[from..place.start]).map_or(from, |at| from + at + 1);
        let end = memchr::memchr(b'\n', &text[place.end..to]).map_or(to, |at| place.end + at);
        let mut around = self.objects.partition_point(|(object, _)| object.start <= place.start).checked_sub(1);
        while let Some((object, outer)) = around.map(|at| &self.objects[at]).filter(|(object, _)| object.start >= from)
        {
            if object.end >= place.end {
                return start.min(object.start)..end.max(object.end.min(to));
            }
            around = *outer;
        }
        start..end
    }
}

/// Pairs of braces that are no further apart than a record may be long.
fn objects(text: &[u8]) -> Vec<(Range<usize>, Option<usize>)> {
    let mut objects: Vec<(Range<usize>, Option<usize>)> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for at in memchr::memchr2_iter(b'{', b'}', text) {
        if text[at] == b'{' {
            objects.push((at..at, open.last().copied()));
            open.push(objects.len() - 1);
        } else if let Some(last) = open.pop() {
            objects[last].0.end = at + 1;
        }
    }
    objects
}

/// Whether a value at `at` stands behind a key that names a directory.
fn follows_key(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(64)..at];
    let keys = KEY_AUTOMATON.iter().flat_map(|automaton| automaton.find_iter(before));
    keys.last().is_some_and(|key| value_at(before, key.end()).is_none())
}

/// The path behind a key: after quotes, a colon or an equals sign, and blanks.
fn value_at(text: &[u8], key_end: usize) -> Option<Range<usize>> {
    let mut start = key_end;
    let limit = text.len().min(key_end + FARTHEST_VALUE);
    while let Some(len) = text.get(start..limit).and_then(joint) {
        start += len;
    }
    let token = next_token(text, start, text.len())?;
    (token.start == start).then_some(token)
}

/// So much may stand between a key and its value: quotes that are escaped several times over.
const FARTHEST_VALUE: usize = 48;

/// Length of what may stand there, at the beginning of a text.
fn joint(text: &[u8]) -> Option<usize> {
    const QUOTES: [&[u8]; 4] = [b"&quot;", b"&#34;", b"&apos;", b"&#39;"];
    match text.first()? {
        b'\\' => {
            let backslashes = text.iter().take_while(|&&byte| byte == b'\\').count();
            matches!(text.get(backslashes), Some(b'"' | b'\'')).then_some(backslashes + 1)
        }
        b'&' => QUOTES
            .iter()
            .map(|quote| quote.len())
            .find(|&len| text.get(..len).is_some_and(|head| QUOTES.contains(&head))),
        byte => b"\"'`=: ([{,".contains(byte).then_some(1),
    }
}

/// Whether a byte may stand in a path.
fn is_path(byte: u8) -> bool {
    is_name(byte) || b"/\\$@+%{}".contains(&byte) || byte >= 0x80
}

/// The run of path characters around `at`.
fn token(text: &[u8], at: usize) -> Range<usize> {
    let from = at.saturating_sub(LONGEST_TOKEN);
    let before = text[from..at].iter().rev().take_while(|&&byte| is_path(byte)).count();
    let after = text[at..].iter().take(LONGEST_TOKEN).take_while(|&&byte| is_path(byte)).count();
    trimmed(text, at - before..at + after)
}

/// The next run of path characters.
fn next_token(text: &[u8], from: usize, to: usize) -> Option<Range<usize>> {
    let start = from + text.get(from..to)?.iter().position(|&byte| is_path(byte))?;
    let is_drive = matches!(&text[start..to], [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic());
    let body = if is_drive { start + 2 } else { start };
    let len = text[body..to].iter().take_while(|&&byte| is_path(byte)).count();
    Some(trimmed(text, start..body + len))
}

/// A token without the braces around it, the dot that ends a sentence, and the backslash of a closing quote.
fn trimmed(text: &[u8], mut token: Range<usize>) -> Range<usize> {
    while token.end > token.start + 1 && b".{}\\".contains(&text[token.end - 1]) && !text[..token.end].ends_with(b"..")
    {
        token.end -= 1;
    }
    while token.start < token.end && b"{}".contains(&text[token.start]) {
        token.start += 1;
    }
    token
}

/// Whether a lone word is meant as a path: it follows a command or option that takes one, or a key that says so.
fn is_argument(text: &[u8], at: usize) -> bool {
    let before = text[at.saturating_sub(32)..at].to_ascii_lowercase();
    let head = before.trim_ascii_end();
    let behind = |words: &[&[u8]]| words.iter().any(|word| head.ends_with(word));
    if before.ends_with(b" ")
        && behind(&[b"cd", b"pushd", b"-c", b"--git-dir", b"--work-tree", b"ls", b"cat", b"clone"])
    {
        return true;
    }
    let assigned = head.trim_ascii_end();
    let key_end = assigned.iter().rposition(|byte| !b"\"'\\:= ".contains(byte)).map_or(0, |last| last + 1);
    let key = &assigned[..key_end];
    key_end < assigned.len()
        && [&b"path"[..], b"file", b"dir", b"directory", b"cwd", b"root", b"repo", b"tree", b"folder"]
            .iter()
            .any(|word| key.ends_with(word))
}

/// A path as it is written, in parts.
struct Path<'t> {
    /// What it begins with, where that is no directory of its own: `/`, `~`, `c:`.
    base: Option<String>,
    parts: Vec<&'t [u8]>,
}

/// First parts of what looks like a path and is a media type.
const MEDIA: [&[u8]; 8] = [b"text", b"application", b"image", b"audio", b"video", b"multipart", b"font", b"model"];

impl<'t> Path<'t> {
    fn read(token: &'t [u8]) -> Self {
        let (mut base, mut at) = (None, 0);
        if let [letter, b':', ..] = token {
            base = Some(format!("{}:", char::from(letter.to_ascii_lowercase())));
            at = 2;
        } else if let Some(home) = [&b"~"[..], b"$HOME", b"${HOME}"].into_iter().find(|home| token.starts_with(home)) {
            base = Some("~".into());
            at = home.len();
        }
        if let Some(first) = separators_after(token, at) {
            base.get_or_insert_default();
            at = first;
        } else if at > 0 && at < token.len() {
            // `~user`, `$HOMEBREW`: not what it seemed.
            base = None;
            at = 0;
        }
        let mut parts = Vec::new();
        while at < token.len() {
            let end = (at..token.len()).find(|&end| separators_after(token, end).is_some()).unwrap_or(token.len());
            parts.push(&token[at..end]);
            at = separators_after(token, end).unwrap_or(token.len());
        }
        Self { base, parts }
    }

    /// In normal form, below `directory` if it is relative.
    fn joined(&self, directory: &str) -> String {
        let mut path = self.base.clone().unwrap_or_else(|| directory.to_owned());
        for part in &self.parts {
            match *part {
                b"" | b"." => {}
                b".." => path.truncate(path.rfind('/').unwrap_or(path.len())),
                part => {
                    path.push('/');
                    path.push_str(&String::from_utf8_lossy(part));
                }
            }
        }
        if path.as_bytes().get(1) == Some(&b':') { path.to_ascii_lowercase() } else { path }
    }

    /// Whether it can only be the name of a file: `./run`, `../a`, `src/main.rs`.
    fn names_a_file(&self) -> bool {
        let has_extension = |part: &[u8]| {
            part.iter().rposition(|&byte| byte == b'.').is_some_and(|dot| {
                (1..part.len() - 1).contains(&dot) && part[dot + 1..].iter().all(u8::is_ascii_alphanumeric)
            })
        };
        match self.parts.as_slice() {
            [b"." | b"..", _, ..] => true,
            [first, .., last] => !MEDIA.contains(first) && has_extension(last) && !first.is_empty(),
            _ => false,
        }
    }
}
