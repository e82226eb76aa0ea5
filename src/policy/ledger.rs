//! The account of one scan: which acceptance covers which finding, and which covers none.

use std::collections::{HashMap, HashSet};

use super::Policy;
use crate::model::{Draft, Entry, Fingerprint, Giver, Lapse, LapseState, Origin, PathText, RuleId, Status};

/// What is known of a scan once all is read.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// Paths of the baseline, from the root, that were read whole.
    pub(crate) read: HashSet<String>,
    /// Paths of the baseline where nothing is any more.
    pub(crate) gone: HashSet<String>,
    /// What was asked for, from the root; an empty path is all of the project.
    pub(crate) asked: Vec<Vec<u8>>,
}

impl Scope {
    /// Whether a path was asked for.
    fn covers(&self, path: &str) -> bool {
        self.asked.iter().any(|root| match path.as_bytes().strip_prefix(root.as_slice()) {
            Some([] | [b'/', ..]) => true,
            Some(_) => root.is_empty(),
            None => false,
        })
    }

    /// Whether it is known what stands at a path that was asked for.
    fn is_known(&self, path: &str) -> bool {
        self.covers(path) && (self.read.contains(path) || self.gone.contains(path))
    }
}

/// By what an entry whose file is gone is known again, beside its site: the value where a key tells it, else a name that stayed.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Clue {
    Value(Fingerprint),
    Name(String),
    Folder(String),
}

/// Keeps account of the findings of one scan, file by file.
#[derive(Debug)]
pub(crate) struct Ledger<'p> {
    policy: &'p Policy,
    scope: Scope,
    by_fingerprint: HashMap<Fingerprint, usize>,
    by_path: HashMap<&'p str, Vec<usize>>,
    /// Entries whose files are gone.
    homeless: HashMap<(Fingerprint, Clue), Vec<usize>>,
    /// Of each entry of the baseline: what became of it.
    fates: Vec<Fate>,
    /// Entries that moved to a path.
    adopted: HashMap<String, Vec<usize>>,
    /// Entries of the configuration that were asked for.
    allowed: HashSet<usize>,
}

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    Unseen,
    /// Its finding is there, and it covers it unless it has expired.
    Kept,
    /// Its finding is there, but too doubtful to be reported.
    Faint,
    /// It covers a finding elsewhere.
    Moved(String),
}

impl<'p> Ledger<'p> {
    pub(crate) fn new(policy: &'p Policy, scope: Scope) -> Self {
        let mut ledger = Self {
            policy,
            scope,
            by_fingerprint: HashMap::new(),
            by_path: HashMap::new(),
            homeless: HashMap::new(),
            fates: vec![Fate::Unseen; policy.baseline.lines().len()],
            adopted: HashMap::new(),
            allowed: HashSet::new(),
        };
        for (number, (_, entry)) in policy.baseline.lines().iter().enumerate() {
            ledger.by_fingerprint.insert(entry.fingerprint, number);
            ledger.by_path.entry(entry.path.as_str()).or_default().push(number);
            if ledger.scope.gone.contains(&entry.path) && entry.holds(policy.today) {
                for clue in clues(&entry.path, ledger.value_of(entry)) {
                    ledger.homeless.entry((entry.site, clue)).or_default().push(number);
                }
            }
        }
        ledger
    }

    /// The value that an entry is held to.
    fn value_of(&self, entry: &Entry) -> Option<Fingerprint> {
        entry.value.filter(|_| self.policy.key.is_some())
    }

    fn entry(&self, number: usize) -> &'p Entry {
        &self.policy.baseline.lines()[number].1
    }

    /// Settles findings of one file, given in order: each gets its fingerprint, and its status from whoever accepts it. `sites` says how
    /// many findings of each site the file has; those given may be some of them. `faint` are the sites of what is too doubtful to be reported.
    pub(crate) fn settle(
        &mut self,
        origin: &Origin,
        drafts: &mut [Draft],
        sites: &HashMap<[u8; 16], u32>,
        faint: &[[u8; 16]],
    ) -> Vec<Fingerprint> {
        let path = self.policy.path(origin);
        let print = |draft: &Draft| super::fingerprint(&draft.site, &path, draft.ordinal);
        let prints: Vec<Fingerprint> = drafts.iter().map(print).collect();
        let shown = PathText::new(path.clone()).to_string();
        for (draft, print) in drafts.iter_mut().zip(&prints).filter(|(draft, _)| draft.status == Status::Open) {
            let Some(number) = self.policy.allow.find(&shown, draft.rule.id.as_str(), *print, self.policy.today) else {
                continue;
            };
            self.allowed.insert(number);
            let entry = self.policy.allow.entry(number);
            if entry.holds(self.policy.today) {
                draft.status = Status::Suppressed(entry.giver());
            }
        }
        if !self.fates.is_empty() {
            self.cover(&shown, drafts, &prints, sites);
            self.spare(&shown, faint);
        }
        prints
    }

    /// Entries of one file whose findings are there, but below the confidence that is asked for, are not stale.
    fn spare(&mut self, path: &str, faint: &[[u8; 16]]) {
        for &number in self.by_path.get(path).into_iter().flatten() {
            if self.fates[number] == Fate::Unseen && faint.contains(&self.policy.baseline.lines()[number].1.site.0) {
                self.fates[number] = Fate::Faint;
            }
        }
    }

    /// Covers findings of one file by entries of the baseline, each entry one finding.
    fn cover(&mut self, path: &str, drafts: &mut [Draft], prints: &[Fingerprint], sites: &HashMap<[u8; 16], u32>) {
        let crowded = self.crowded(path, drafts, sites);
        let mut taken = HashSet::new();
        for (draft, print) in drafts.iter_mut().zip(prints) {
            let Some(&number) = self.by_fingerprint.get(print) else { continue };
            let old = self.value_of(self.entry(number));
            if old.is_none() && !crowded.contains(&draft.site) || old.is_some() && old == draft.value {
                taken.insert(number);
                self.suppress(number, draft);
            }
        }
        // Where lines of the same form come and go, their values tell which is which.
        let mut near: HashMap<(Fingerprint, Option<Fingerprint>), Vec<usize>> = HashMap::new();
        let own = self.by_path.get(path).into_iter().flatten();
        let own = own.filter(|&&number| self.value_of(self.entry(number)).is_some());
        let adopted = self.adopted.get(path).into_iter().flatten();
        for &number in own.chain(adopted).filter(|number| !taken.contains(number)) {
            let entry = self.entry(number);
            near.entry((entry.site, self.value_of(entry))).or_default().push(number);
        }
        for draft in drafts.iter_mut().filter(|draft| draft.status == Status::Open) {
            let site = Fingerprint(draft.site);
            let known = [draft.value, None].into_iter().find_map(|value| near.get_mut(&(site, value))?.pop());
            if let Some(number) = known {
                self.suppress(number, draft);
            } else if let Some(number) = self.find_homeless(site, draft.value, path) {
                self.fates[number] = Fate::Moved(path.to_owned());
                self.adopted.entry(path.to_owned()).or_default().push(number);
                self.suppress(number, draft);
            }
        }
    }

    /// Sites of which only new lines are given, and of which the file has more findings than were accepted: one of the new lines is one too
    /// many, whatever its ordinal.
    fn crowded(&self, path: &str, drafts: &[Draft], sites: &HashMap<[u8; 16], u32>) -> HashSet<[u8; 16]> {
        let mut hidden = sites.clone();
        for draft in drafts {
            hidden.entry(draft.site).and_modify(|count| *count -= 1);
        }
        hidden.retain(|_, hidden| *hidden > 0);
        let own = self.by_path.get(path).into_iter().flatten().map(|&number| self.entry(number).site.0);
        let mut free: HashMap<[u8; 16], u32> = sites.clone();
        for site in own {
            free.entry(site).and_modify(|count| *count = count.saturating_sub(1));
        }
        hidden.into_keys().filter(|site| free[site] > 0).collect()
    }

    /// An entry for the same line in a file that is gone, if the value is the same, or, where no key tells that, the file's name or folder.
    /// A file with entries of its own was there before, so that only values tell what moved into it.
    fn find_homeless(&mut self, site: Fingerprint, value: Option<Fingerprint>, path: &str) -> Option<usize> {
        let fates = &self.fates;
        let by_value = value.map(Clue::Value).into_iter();
        let by_name = (!self.by_path.contains_key(path)).then(|| clues(path, None)).into_iter().flatten();
        by_value.chain(by_name).find_map(|clue| {
            let numbers = self.homeless.get_mut(&(site, clue))?;
            // Each stands under two clues.
            while numbers.last().is_some_and(|&number| matches!(fates[number], Fate::Moved(_))) {
                numbers.pop();
            }
            numbers.pop()
        })
    }

    /// Lets an entry cover a finding, unless it has expired or somebody else accepts the finding.
    fn suppress(&mut self, number: usize, draft: &mut Draft) {
        let (line, entry) = &self.policy.baseline.lines()[number];
        if self.fates[number] == Fate::Unseen {
            self.fates[number] = Fate::Kept;
        }
        if draft.status == Status::Open && entry.holds(self.policy.today) {
            draft.status = Status::Suppressed(Giver::Baseline {
                file: format!("{}:{line}", self.policy.baseline.name()),
                entry: entry.fingerprint,
                reason: entry.reason.clone(),
                owner: entry.owner.clone(),
                until: entry.until,
            });
        }
    }

    /// The acceptances that do not fit any more. `is_in_force` says which rules were looked for, `is_whole` that nothing asked for was
    /// left unread.
    pub(crate) fn lapses(&self, is_in_force: impl Fn(&str) -> bool, is_whole: bool) -> Vec<Lapse> {
        let baseline = self.policy.baseline.lines().iter().zip(&self.fates).filter_map(|((line, entry), fate)| {
            let (rule, path) = (RuleId::new(&entry.rule), PathText::new(entry.path.as_bytes()));
            let state = match fate {
                Fate::Moved(to) => LapseState::Moved { rule, path, to: PathText::new(to.as_bytes()) },
                Fate::Kept => {
                    let until = entry.until.filter(|_| !entry.holds(self.policy.today))?;
                    LapseState::Expired { until }
                }
                Fate::Unseen if self.scope.is_known(&entry.path) && is_in_force(&entry.rule) => {
                    LapseState::Stale { rule, path }
                }
                Fate::Unseen | Fate::Faint => return None,
            };
            Some(Lapse { file: PathText::new(self.policy.baseline.name().as_bytes()), line: *line as u64, state })
        });
        let is_whole = is_whole && self.policy.audit && self.scope.covers("");
        let allowed = self.policy.allow.entries().enumerate().filter_map(|(number, entry)| {
            let expired = entry.until.filter(|_| !entry.holds(self.policy.today));
            match (self.allowed.contains(&number), expired) {
                (true, Some(until)) => Some(entry.lapse(LapseState::Expired { until })),
                (false, _) if is_whole => Some(entry.lapse(LapseState::Unused)),
                _ => None,
            }
        });
        baseline.chain(allowed).collect()
    }
}

/// The clues to a file's entries: the value where it is told, else the names that a move or a renaming leaves.
fn clues(path: &str, value: Option<Fingerprint>) -> impl Iterator<Item = Clue> + use<> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let clues = match value {
        Some(value) => [Some(Clue::Value(value)), None],
        None => [Some(Clue::Name(name.to_owned())), Some(Clue::Folder(folder.to_owned()))],
    };
    clues.into_iter().flatten()
}
