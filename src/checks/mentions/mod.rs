//! Mentions of Target Repositories: their paths and addresses, however they are spelled.
//!
//! Of every path, address and word one part is an anchor: a filter finds all anchors in one pass. Around an anchor the other parts are
//! compared one by one, over separators of any spelling ([`spelling`]), and what stands before and behind says whether it is a whole
//! path. What is no absolute path is resolved against the directories that its record names ([`record`]).

mod extent;
mod record;
mod spelling;

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::prefilter::{Anchor, AnchorHit, Prefilter};
use crate::model::{Confidence, Error, Proof, Result, RuleInfo, Target};
use crate::raw::{Hit, Text};
use record::{Places, Records};

/// Everything that gives the targets away, ready to be found.
pub(super) struct Mentions {
    prefilter: Prefilter,
    /// For each anchor the patterns it belongs to, and how many bytes of it stand before the pattern's part.
    routes: Vec<(usize, Vec<(u32, usize)>)>,
    patterns: Vec<Pattern>,
    places: Places,
    infos: Vec<Arc<RuleInfo>>,
}

/// One way to spell one place.
struct Pattern {
    target: u32,
    head: Head,
    parts: Vec<Vec<u8>>,
    /// Whether letters match in either case.
    any_case: bool,
    /// The part that is the anchor.
    anchor: usize,
}

/// A place where a target is mentioned.
struct Mention {
    target: u32,
    range: Range<usize>,
    /// Where its own name begins in that: behind scheme and user of an address.
    name: usize,
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
const SHORTEST_ANCHOR: usize = 3;

/// A last part of this length is anchor enough; a shorter one is passed over for the longest.
const GOOD_ANCHOR: usize = 4;

impl Mentions {
    /// All that is to be found of these targets. `home` is the directory that `~` stands for.
    ///
    /// # Errors
    /// [`Error::Setting`] where a path is too short to be told from other text.
    pub(super) fn new(targets: &[Target], home: Option<&Path>) -> Result<Self> {
        let mut patterns = Vec::new();
        let mut places = Places::default();
        for (number, target) in (0..).zip(targets) {
            for path in &target.paths {
                add_path(number, &path.to_string_lossy(), home, &mut patterns, &mut places);
            }
            for url in &target.urls {
                match address(url) {
                    Some((host, parts)) => patterns.push(Pattern::new(number, Head::Host(host), parts, true)),
                    None => add_path(number, url.trim_start_matches("file://"), home, &mut patterns, &mut places),
                }
            }
            for word in &target.words {
                let word = word.trim().strip_suffix(".git").unwrap_or(word.trim());
                patterns.push(Pattern::new(number, Head::Word, parts(word), true));
            }
        }
        patterns.retain(|pattern| !pattern.parts.is_empty());
        let mut anchors: Vec<(Vec<u8>, bool)> = Vec::new();
        let mut routes: Vec<(usize, Vec<(u32, usize)>)> = Vec::new();
        let mut numbers: HashMap<(Vec<u8>, bool), usize> = HashMap::new();
        for (number, pattern) in (0..).zip(&patterns) {
            for (literal, skip) in pattern.anchors() {
                if literal.len() < SHORTEST_ANCHOR {
                    let name = &targets[pattern.target as usize].name;
                    return Err(Error::Setting(format!(
                        "target `{name}`: a path or word is too short to be told from other text"
                    )));
                }
                let at = *numbers.entry((literal.clone(), pattern.any_case)).or_insert_with(|| {
                    anchors.push((literal.clone(), pattern.any_case));
                    routes.push((literal.len(), Vec::new()));
                    anchors.len() - 1
                });
                routes[at].1.push((number, skip));
            }
        }
        let anchors: Vec<Anchor<'_>> =
            anchors.iter().map(|(literal, any_case)| Anchor { literal, ignore_case: *any_case }).collect();
        let infos = targets.iter().map(|target| Arc::new(target.info())).collect();
        Ok(Self { prefilter: Prefilter::new(&anchors), routes, patterns, places, infos })
    }

    /// What reports say of a mention of one target.
    pub(super) fn info(&self, target: u32) -> Arc<RuleInfo> {
        Arc::clone(&self.infos[target as usize])
    }

    /// Appends what one text mentions. Targets are numbered from `first` on, as rules are.
    pub(super) fn search(&self, text: &Text<'_>, first: u32, anchors: &mut Vec<AnchorHit>, hits: &mut Vec<Hit>) {
        anchors.clear();
        self.prefilter.find(text.bytes, anchors);
        if anchors.is_empty() {
            return;
        }
        let bytes = text.bytes;
        let mut records = Records::new(bytes, &self.places);
        let mut found: Vec<Mention> = Vec::new();
        let mut done = 0;
        for seen in anchors.iter().filter(|seen| !self.routes[seen.anchor as usize].1.is_empty()) {
            let (len, routes) = &self.routes[seen.anchor as usize];
            let at = seen.at as usize;
            if at < done {
                continue;
            }
            let places =
                routes.iter().filter_map(|&(pattern, skip)| self.patterns[pattern as usize].at(bytes, at + skip));
            // Of several names of one place the longest covers it whole.
            let whole = places.max_by_key(|mention| mention.range.len());
            let mention = whole.or_else(|| records.resolved(at, at + len));
            if let Some(mention) = mention.filter(|mention| mention.range.end > done) {
                done = mention.range.end;
                found.push(mention);
            }
        }
        records.add_relatives(&mut found);
        hits.extend(found.into_iter().map(|Mention { target, range, name }| Hit {
            rule: first + target,
            matched: text.to_stored(name..range.end),
            secret: text.to_stored(range),
            confidence: Confidence::High,
            proof: Proof::None,
            wrapping: text.wrapping,
            detail: None,
        }));
    }
}

impl Pattern {
    fn new(target: u32, head: Head, parts: Vec<Vec<u8>>, any_case: bool) -> Self {
        let longest = (0..parts.len()).max_by_key(|&at| parts[at].len()).unwrap_or(0);
        let last = parts.len().saturating_sub(1);
        let anchor = if parts.last().is_some_and(|part| part.len() >= GOOD_ANCHOR) { last } else { longest };
        Self { target, head, parts, any_case, anchor }
    }

    /// The literals one of which every spelling contains, each with how much of it stands before the part. A part that is too short
    /// takes its separator along.
    fn anchors(&self) -> Vec<(Vec<u8>, usize)> {
        let part = &self.parts[self.anchor];
        if part.len() >= SHORTEST_ANCHOR {
            return vec![(part.clone(), 0)];
        }
        let joints: [&[u8]; 6] = [b"/", b"\\", b"2f", b"2F", b"5c", b"5C"];
        joints.iter().map(|joint| ([joint, part.as_slice()].concat(), joint.len())).collect()
    }

    /// Where this place is mentioned whose anchor stands at `at`.
    fn at(&self, text: &[u8], at: usize) -> Option<Mention> {
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
            Head::Word => spelling::begins_name(text, first).then_some(first),
        }?;
        let range = start..extent::end(text, start, last, end, matches!(self.head, Head::Host(_)));
        Some(Mention { target: self.target, range, name: first })
    }
}

/// The parts of a path as it is written, without the empty ones.
fn parts(path: &str) -> Vec<Vec<u8>> {
    let is_part = |part: &&str| !part.is_empty() && *part != ".";
    path.split(['/', '\\']).filter(is_part).map(|part| part.as_bytes().to_vec()).collect()
}

/// All spellings of one path.
fn add_path(target: u32, path: &str, home: Option<&Path>, patterns: &mut Vec<Pattern>, places: &mut Places) {
    let drive = |letter: u8, rest: &str| (Head::Drive(letter), parts(rest));
    let mut add = |(head, parts): (Head, Vec<Vec<u8>>), place: String| {
        let any_case = matches!(head, Head::Drive(_));
        patterns.push(Pattern::new(target, head, parts, any_case));
        places.add(place, target);
    };
    let normal =
        |path: &str| parts(path).iter().map(|part| format!("/{}", String::from_utf8_lossy(part))).collect::<String>();
    if let [letter, b':', b'/' | b'\\', ..] = path.as_bytes() {
        let rest = &path[2..];
        add(
            drive(*letter, rest),
            format!("{}:{}", char::from(letter.to_ascii_lowercase()), normal(rest).to_ascii_lowercase()),
        );
        return;
    }
    add((Head::Root, parts(path)), normal(path));
    // Agents keep the sessions of a project under its path with dashes: `-srv-work-alpha`.
    let dashed: Vec<u8> = path.bytes().map(|byte| if byte.is_ascii_alphanumeric() { byte } else { b'-' }).collect();
    if parts(path).len() > 1 {
        patterns.push(Pattern::new(target, Head::Word, vec![dashed], false));
    }
    if let Some(rest) = path.strip_prefix("/mnt/").filter(|rest| rest.as_bytes().get(1) == Some(&b'/')) {
        add(
            drive(rest.as_bytes()[0], &rest[1..]),
            format!("{}:{}", &rest[..1], normal(&rest[1..]).to_ascii_lowercase()),
        );
    }
    if let Some(rest) = path.strip_prefix("~/") {
        add((Head::Home(Vec::new()), parts(rest)), format!("~{}", normal(rest)));
    }
    if let Some((home, Ok(rest))) = home.map(|home| (home, Path::new(path).strip_prefix(home))) {
        let user = home.file_name().map_or(Vec::new(), |user| user.as_encoded_bytes().to_vec());
        let rest = rest.to_string_lossy();
        add((Head::Home(user), parts(&rest)), format!("~{}", normal(&rest)));
    }
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

#[cfg(test)]
mod tests;
