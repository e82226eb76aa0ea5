//! One way to spell one place, and all ways to spell the places of a target.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use super::record::Places;
use super::{Mention, extent, spelling};
use crate::model::Target;

/// One way to spell one place.
pub(super) struct Pattern {
    pub(super) target: u32,
    head: Head,
    parts: Vec<Vec<u8>>,
    /// Whether letters match in either case.
    pub(super) any_case: bool,
    /// The part that is the anchor.
    anchor: usize,
}

/// What stands before the first part.
enum Head {
    /// `/`.
    Root,
    /// The home directory, of a user of that name.
    Home(Vec<u8>),
    /// A drive of Windows.
    Drive(u8),
    /// A host and what belongs to it.
    Host(Vec<u8>),
    /// Nothing in particular.
    Word,
}

/// An anchor shorter than this would stop at every few bytes.
pub(super) const SHORTEST_ANCHOR: usize = 3;

/// A last part of this length is anchor enough; a shorter one is passed over for the longest.
const GOOD_ANCHOR: usize = 4;

impl Pattern {
    fn new(target: u32, head: Head, parts: Vec<Vec<u8>>, any_case: bool) -> Self {
        let longest = (0..parts.len()).max_by_key(|&at| parts[at].len()).unwrap_or(0);
        let last = parts.len().saturating_sub(1);
        let anchor = if parts.last().is_some_and(|part| part.len() >= GOOD_ANCHOR) { last } else { longest };
        Self { target, head, parts, any_case, anchor }
    }

    /// The literals one of which every spelling contains, each with how much of it stands before the part. A part that is too short
    /// takes its separator along.
    pub(super) fn anchors(&self) -> Vec<(Vec<u8>, usize)> {
        let part = &self.parts[self.anchor];
        if part.len() >= SHORTEST_ANCHOR {
            return vec![(part.clone(), 0)];
        }
        let joints: [&[u8]; 6] = [b"/", b"\\", b"2f", b"2F", b"5c", b"5C"];
        joints.iter().map(|joint| ([joint, part.as_slice()].concat(), joint.len())).collect()
    }

    /// Where this place is mentioned whose anchor stands at `at`.
    pub(super) fn at(&self, text: &[u8], at: usize) -> Option<Mention> {
        let is = |part: &[u8], range: Range<usize>| {
            text.get(range)
                .is_some_and(|bytes| if self.any_case { bytes.eq_ignore_ascii_case(part) } else { bytes == part })
        };
        let mut first = at;
        for part in self.parts[..self.anchor].iter().rev() {
            let joint = spelling::separators_before(text, first)?;
            first = joint.checked_sub(part.len()).filter(|&start| is(part, start..joint))?;
        }
        let mut last = at;
        let mut end = at + self.parts[self.anchor].len();
        for part in &self.parts[self.anchor + 1..] {
            last = spelling::separators_after(text, end)?;
            end = last + part.len();
            if !is(part, last..end) {
                return None;
            }
        }
        let end = spelling::ends_name(text, end)?;
        let separators = || spelling::separators_before(text, first);
        let start = match &self.head {
            Head::Root => spelling::absolute_start(text, separators()?, first),
            Head::Home(user) => spelling::home_start(text, separators()?, user),
            Head::Drive(letter) => spelling::drive_start(text, separators()?, *letter),
            Head::Host(host) => spelling::address_start(text, first, host),
            Head::Word => (spelling::begins_name(text, first) && !is_placeholder(text, first)).then_some(first),
        }?;
        let range = start..extent::end(text, start, last, end, matches!(self.head, Head::Host(_)));
        Some(Mention { target: self.target, range, name: first })
    }
}

/// Whether a word is the name in `[TARGET:name]`, which stands for a mention already.
fn is_placeholder(text: &[u8], first: usize) -> bool {
    matches!(&text[..first], [head @ .., sign] if !sign.is_ascii_alphanumeric() && head.ends_with(b"TARGET"))
}

/// All ways to spell all places.
#[derive(Default)]
pub(super) struct Spellings {
    pub(super) patterns: Vec<Pattern>,
    pub(super) places: Places,
}

impl Spellings {
    /// `home` is the directory that `~` stands for.
    pub(super) fn of(targets: &[Target], home: Option<&Path>) -> Self {
        let mut all = Self::default();
        for (number, target) in (0..).zip(targets) {
            for path in &target.paths {
                all.path(number, &path.to_string_lossy(), home);
            }
            for url in &target.urls {
                match address(url) {
                    Some((host, parts)) => all.pattern(number, Head::Host(host), parts),
                    None => all.path(number, url.trim_start_matches("file://"), home),
                }
            }
            for word in &target.words {
                let word = word.trim();
                all.pattern(number, Head::Word, parts(word.strip_suffix(".git").unwrap_or(word)));
            }
        }
        all
    }

    fn pattern(&mut self, target: u32, head: Head, parts: Vec<Vec<u8>>) {
        if !parts.is_empty() {
            let any_case = !matches!(head, Head::Root | Head::Home(_));
            self.patterns.push(Pattern::new(target, head, parts, any_case));
        }
    }

    fn path(&mut self, target: u32, path: &str, home: Option<&Path>) {
        if let [letter, b':', b'/' | b'\\', ..] = path.as_bytes() {
            return self.drive(target, *letter, &path[2..]);
        }
        self.pattern(target, Head::Root, parts(path));
        self.places.add(normal("", path), target);
        if let [letter, b'/', ..] = path.strip_prefix("/mnt/").unwrap_or_default().as_bytes() {
            self.drive(target, *letter, &path["/mnt/x".len()..]);
        }
        if let Some((home, Ok(rest))) = home.map(|home| (home, Path::new(path).strip_prefix(home))) {
            let user = home.file_name().map_or(Vec::new(), |user| user.as_encoded_bytes().to_vec());
            let rest = rest.to_string_lossy();
            self.pattern(target, Head::Home(user), parts(&rest));
            self.places.add(normal("~", &rest), target);
        }
        // Agents keep the sessions of a project under its path with dashes: `-srv-work-alpha`.
        if parts(path).len() > 1 {
            let dashed = path.bytes().map(|byte| if byte.is_ascii_alphanumeric() { byte } else { b'-' }).collect();
            self.pattern(target, Head::Word, vec![dashed]);
        }
    }

    fn drive(&mut self, target: u32, letter: u8, rest: &str) {
        self.pattern(target, Head::Drive(letter), parts(rest));
        self.places.add(normal(&format!("{}:", char::from(letter)), rest).to_ascii_lowercase(), target);
    }
}

/// The parts of a path as it is written, without the empty ones.
fn parts(path: &str) -> Vec<Vec<u8>> {
    let is_part = |part: &&str| !part.is_empty() && *part != ".";
    path.split(['/', '\\']).filter(is_part).map(|part| part.as_bytes().to_vec()).collect()
}

/// A path in normal form, below `base`.
fn normal(base: &str, path: &str) -> String {
    parts(path).iter().fold(base.to_owned(), |mut normal, part| {
        let _ = write!(normal, "/{}", String::from_utf8_lossy(part));
        normal
    })
}

/// Host and path of a URL in any form that git takes. `None` where it is a path.
fn address(url: &str) -> Option<(Vec<u8>, Vec<Vec<u8>>)> {
    let url = url.trim().trim_end_matches('/');
    let (authority, path) = match url.split_once("://") {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("file") => return None,
        Some((_, rest)) => rest.split_once('/')?,
        None => {
            let (authority, path) = url.split_once([':', '/'])?;
            if authority.len() < 2 || authority.starts_with(['.', '~', '/']) {
                return None;
            }
            (authority, path)
        }
    };
    let host = authority.rsplit('@').next()?.split(':').next()?;
    let path = path.strip_suffix(".git").unwrap_or(path);
    Some((host.as_bytes().to_vec(), parts(path.trim_start_matches('~'))))
}
