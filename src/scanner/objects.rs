//! Reads what git hands out, and searches it: one thread asks what there is, the others each ask a git of their own for contents.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::collect::{Collector, FileReport};
use super::worker::Worker;
use super::{BIG, Scanner, Watch};
use crate::fence;
use crate::model::{Error, Origin, PathText, Result, SkipReason};
use crate::sources::git::{
    AT_ONCE, Added, Asked, Body, Change, Changes, Comparer, Event, Git, Named, Objects, Oid, Repository, kept,
    named_otherwise, skip_headers,
};
use crate::sources::{Selection, shown_path};
use crate::unpack::{HEAD, Packed, Packing};

/// A Git LFS pointer begins like this, and is short.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/";
const LFS_LONGEST: u64 = 1 << 10;

/// What is behind most failures in a clone that a build server made.
const SHALLOW: &str =
    "this clone is shallow: `git fetch --unshallow` (or `fetch-depth: 0` of actions/checkout) brings the rest";

/// An object to be searched.
struct Job {
    oid: Oid,
    origin: Origin,
    /// Whether a text stands behind headers, as in a commit.
    has_headers: bool,
    /// Of what it holds, only lines that none of these has are new.
    bases: Vec<Oid>,
}

/// What a scan of a repository shares.
struct Run<'a> {
    scanner: &'a Scanner,
    git: &'a Git,
    repository: &'a Repository,
    selection: &'a Selection,
    watch: &'a Watch,
    collector: &'a Collector<'a>,
}

impl Scanner {
    /// Reads what is asked of a repository.
    pub(super) fn read_git(
        &self,
        git: &Git,
        selection: &Selection,
        watch: &Watch,
        collector: &Collector,
    ) -> Result<()> {
        let read = || {
            self.fence.admit_repository(&git.directory)?;
            let repository = &Repository::open(&git.directory)?;
            let read = Run { scanner: self, git, repository, selection, watch, collector }.read();
            read.map_err(|error| match error {
                Error::Git(words) if repository.is_shallow => Error::Git(format!("{words}\n{SHALLOW}")),
                error => error,
            })
        };
        read().map_err(|error| match error {
            Error::Git(words) => Error::Git(self.masked(&words)),
            error => error,
        })
    }

    /// What git says, which may quote names: a secret in it is masked.
    fn masked(&self, words: &str) -> String {
        self.path_text(words.as_bytes()).to_string()
    }

    /// Reads the message of a commit to come.
    pub(super) fn read_message_file(&self, path: &Path, watch: &Watch, collector: &Collector) -> Result<()> {
        let origin = Origin::message_file(self.path_text(&shown_path(path)));
        self.fence.refuse_named(path, "the message lies in it")?;
        let file = match self.fence.admit(path, true).and_then(fence::open) {
            Ok(file) => file,
            Err(SkipReason::Vanished) => return Err(Error::MissingPath { path: path.to_path_buf(), more: 0 }),
            Err(reason) => {
                collector.skip(origin.path().clone(), reason);
                return Ok(());
            }
        };
        let mut text = vec![0; file.len().min(BIG) as usize];
        let report = match file.read_at(&mut text, 0) {
            // Nobody writes so much; whatever it is, it is read to its end.
            Ok(_) if file.len() > BIG => Worker::with(|worker| worker.file(self, &file, origin, watch)),
            Ok(read) => {
                let message = &text[..kept(&text[..read])];
                Worker::with(|worker| worker.stream(self, message, origin, watch))
            }
            Err(error) => {
                collector.skip(origin.path().clone(), fence::skip_reason(&error));
                return Ok(());
            }
        };
        collector.add(report);
        Ok(())
    }
}

impl Run<'_> {
    fn read(&self) -> Result<()> {
        let (send, receive) = sync_channel(self.scanner.threads);
        let receive = Arc::new(Mutex::new(receive));
        thread::scope(|scope| {
            let workers: Vec<_> = (0..self.scanner.threads)
                .map(|_| {
                    let receive = Arc::clone(&receive);
                    scope.spawn(move || self.work(&receive))
                })
                .collect();
            // When all workers have failed nobody receives, and the queue says so.
            drop(receive);
            let asked = self.ask(Queue::new(send));
            let worked = workers.into_iter().map(|worker| {
                worker.join().unwrap_or_else(|_| Err(Error::Git("a thread that reads objects failed".into())))
            });
            worked.collect::<Result<()>>().and(asked)
        })
    }

    /// Finds out what there is, and queues it.
    fn ask(&self, mut queue: Queue) -> Result<()> {
        if self.repository.is_shallow && !matches!(self.git.asked, Asked::Staged { .. }) {
            let reason = SkipReason::Shallow { required: self.git.require_full };
            self.collector.skip(PathText::new(*b"<history>"), reason);
        }
        match &self.git.asked {
            Asked::Staged { whole } => self.ask_index(*whole, &mut queue)?,
            Asked::Commits(revisions) => self.ask_commits(revisions, &mut queue)?,
            Asked::History(since) => {
                for named in named_otherwise(self.repository)? {
                    let Named { name, oid, is_tag } = named;
                    let origin = Origin::message_file(self.scanner.path_text(&name));
                    queue.push(Job { oid, origin, has_headers: is_tag, bases: Vec::new() });
                }
                self.ask_commits(&[since.as_slice(), &["--all".to_owned()]].concat(), &mut queue)?;
            }
        }
        queue.flush();
        Ok(())
    }

    fn ask_index(&self, whole: bool, queue: &mut Queue) -> Result<()> {
        if !self.repository.has_work_tree {
            return Err(Error::Git("nothing can be staged here: this directory is in no work tree".into()));
        }
        for event in Changes::staged(self.repository)? {
            match event {
                Event::Changed(change) => {
                    let bases = if whole { Vec::new() } else { change.bases };
                    if let Some(path) = self.path(&change.path) {
                        queue.push(Job { oid: change.blob, origin: Origin::staged(path), has_headers: false, bases });
                    }
                }
                Event::Unmerged(path) => {
                    let path = self.scanner.path_text(&self.repository.shown(&path));
                    self.collector.skip(path, SkipReason::Unmerged);
                }
                Event::Commit(_) => {}
            }
        }
        Ok(())
    }

    fn ask_commits(&self, revisions: &[String], queue: &mut Queue) -> Result<()> {
        let mut changes = Changes::of_commits(self.repository, revisions)?;
        let (mut seen, mut paths) = (Seen::default(), Paths::default());
        let mut commit = None;
        while let Some(event) = changes.next()? {
            if self.watch.is_stopped() || queue.is_closed {
                return Ok(());
            }
            match (event, &commit) {
                (Event::Commit(new), _) => {
                    if let Some(oid) = Oid::parse(new.id.as_bytes()) {
                        let origin = Origin::message(new.clone());
                        queue.push(Job { oid, origin, has_headers: true, bases: Vec::new() });
                    }
                    commit = Some(new);
                }
                (Event::Changed(change), Some(commit)) if seen.is_new(&change) => {
                    if let Some(path) = paths.shown(self, &change.path) {
                        let origin = Origin::commit(path, commit.clone());
                        queue.push(Job { oid: change.blob, origin, has_headers: false, bases: change.bases });
                    }
                }
                _ => {}
            }
        }
        changes.finish()
    }

    /// A path as it is shown, unless the user's globs leave it out.
    fn path(&self, path: &[u8]) -> Option<PathText> {
        let shown = self.repository.shown(path);
        self.selection.admits_shown(&shown).then(|| self.scanner.path_text(&shown))
    }

    /// One thread: takes jobs until there are no more.
    fn work(&self, jobs: &Mutex<Receiver<Vec<Job>>>) -> Result<()> {
        let mut reader = Reader { run: self, objects: None, comparer: Comparer::default() };
        loop {
            let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(jobs) = next else { return Ok(()) };
            for jobs in jobs.chunks(AT_ONCE).take_while(|_| !self.watch.is_stopped()) {
                reader.read(jobs)?;
            }
        }
    }
}

/// So many jobs are handed to a worker at once.
const PORTION: usize = 4 * AT_ONCE;
/// So many jobs are sorted at first, so that the workers have something to do, and at most, which takes some 30 MB.
const WINDOW: (usize, usize) = (1 << 11, 1 << 17);

/// Jobs on their way to the workers. They are sorted by path, within a window that grows: the versions of a file are stored as
/// differences from each other, so that git unpacks many at the cost of one while they come together.
struct Queue {
    send: SyncSender<Vec<Job>>,
    jobs: Vec<Job>,
    window: usize,
    /// Whether nobody takes them.
    is_closed: bool,
}

impl Queue {
    fn new(send: SyncSender<Vec<Job>>) -> Self {
        Self { send, jobs: Vec::new(), window: WINDOW.0, is_closed: false }
    }

    fn push(&mut self, job: Job) {
        self.jobs.push(job);
        if self.jobs.len() == self.window {
            self.flush();
            self.window = (self.window * 8).min(WINDOW.1);
        }
    }

    fn flush(&mut self) {
        self.jobs.sort_by(|a, b| a.origin.path().cmp(b.origin.path()));
        let mut jobs = std::mem::take(&mut self.jobs).into_iter();
        while !self.is_closed && jobs.len() > 0 {
            self.is_closed = self.send.send(jobs.by_ref().take(PORTION).collect()).is_err();
        }
    }
}

/// Paths as [`Run::path`] has them: most are met again in commit after commit.
#[derive(Default)]
struct Paths(HashMap<Vec<u8>, Option<PathText>>);

impl Paths {
    /// So many are remembered.
    const MOST: usize = 1 << 14;

    fn shown(&mut self, run: &Run<'_>, path: &[u8]) -> Option<PathText> {
        if let Some(known) = self.0.get(path) {
            return known.clone();
        }
        if self.0.len() == Self::MOST {
            self.0.clear();
        }
        let shown = run.path(path);
        self.0.insert(path.to_vec(), shown.clone());
        shown
    }
}

/// The blobs that have been queued.
///
/// A blob all of whose lines were new in commits of this run, or came from blobs of which that is true, has been searched once and for
/// all. Of another, lines that were old when it was met first may be new against something else.
#[derive(Default)]
struct Seen {
    whole: HashSet<Oid>,
    in_part: HashSet<(Oid, Vec<Oid>)>,
}

impl Seen {
    fn is_new(&mut self, change: &Change) -> bool {
        if self.whole.contains(&change.blob) {
            false
        } else if change.bases.iter().all(|base| self.whole.contains(base)) {
            self.whole.insert(change.blob)
        } else {
            self.in_part.insert((change.blob, change.bases.clone()))
        }
    }
}

/// What one thread reads with.
struct Reader<'a> {
    run: &'a Run<'a>,
    objects: Option<Objects>,
    comparer: Comparer,
}

/// The git that hands out objects, started when it is needed.
fn started<'o>(objects: &'o mut Option<Objects>, repository: &Repository) -> Result<&'o mut Objects> {
    match objects {
        Some(objects) => Ok(objects),
        none => Ok(none.insert(Objects::start(&repository.directory)?)),
    }
}

impl Reader<'_> {
    /// Searches objects, then compares those in which something was found with what they take the place of.
    fn read(&mut self, jobs: &[Job]) -> Result<()> {
        let run = self.run;
        let mut undecided = Vec::new();
        started(&mut self.objects, run.repository)?.ask(jobs.iter().map(|job| &job.oid));
        for (index, job) in jobs.iter().enumerate() {
            let objects = started(&mut self.objects, run.repository)?;
            match objects.read(|object| object.map(|(len, body)| run.search(job, len, body))) {
                Ok(Some(Ok(None))) => {}
                Ok(Some(Ok(Some(report)))) if report.has_findings() && !job.bases.is_empty() => {
                    undecided.push((job, report));
                }
                Ok(Some(Ok(Some(report)))) => run.collector.add(report),
                Ok(Some(Err(reason))) => run.collector.skip(job.origin.path().clone(), reason),
                Ok(None) => run.collector.skip(job.origin.path().clone(), SkipReason::Absent),
                Err(_) => {
                    let message = self.objects.take().map(Objects::last_words).unwrap_or_default();
                    let reason = SkipReason::Unreadable { message: run.scanner.masked(&message) };
                    run.collector.skip(job.origin.path().clone(), reason);
                    // A broken object ended git; another one reads what is left.
                    started(&mut self.objects, run.repository)?.ask(jobs[index + 1..].iter().map(|job| &job.oid));
                }
            }
        }
        for (job, mut report) in undecided {
            if let Some(added) = self.compare(job)? {
                report.retain(|bytes| added.touches(bytes));
            }
            run.collector.add(report);
        }
        Ok(())
    }

    /// The new lines of an object. Nothing where that cannot be told: then all of them count.
    fn compare(&mut self, job: &Job) -> Result<Option<Added>> {
        let mut texts = Vec::new();
        for oid in std::iter::once(&job.oid).chain(&job.bases) {
            let objects = started(&mut self.objects, self.run.repository)?;
            objects.ask(std::iter::once(oid));
            match objects.read(|object| object.map(|(_, body)| self.comparer.lines(body))) {
                Ok(Some(Ok(Some(lines)))) => texts.push(lines),
                Ok(_) => return Ok(None),
                Err(_) => {
                    self.objects = None;
                    return Ok(None);
                }
            }
        }
        let bases = texts.split_off(1);
        Ok(texts.pop().map(|lines| Added::new(lines, &bases)))
    }
}

impl Run<'_> {
    /// Searches one object. Of a packed one there is no report: it is told at once of the texts in it, all of which count as new.
    fn search(&self, job: &Job, len: u64, body: &mut Body<'_>) -> Result<Option<FileReport>, SkipReason> {
        let mut head = Vec::new();
        if job.has_headers {
            skip_headers(body).map_err(|error| fence::skip_reason(&error))?;
        } else {
            body.take(LFS_LONGEST).read_to_end(&mut head).map_err(|error| fence::skip_reason(&error))?;
            if len <= LFS_LONGEST && head.starts_with(LFS) {
                let reason = SkipReason::LfsPointer { required: self.git.require_full };
                self.collector.skip(job.origin.path().clone(), reason);
            }
        }
        let packing = Packing::of(&head[..head.len().min(HEAD)]);
        let mut text = Cursor::new(head).chain(body);
        if let Some(packing) = packing {
            let input = Packed::Stream(&mut text);
            self.scanner.unpack(input, packing, &job.origin, self.watch, self.collector);
            return Ok(None);
        }
        let mut report = Worker::with(|worker| worker.stream(self.scanner, text, job.origin.clone(), self.watch));
        if job.origin.of_commit().is_some() {
            report.forget_unused();
        }
        Ok(Some(report))
    }
}
