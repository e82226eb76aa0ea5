//! Target Repositories stay closed: whatever leads to one, nothing of it is opened, and the system itself is the witness.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test sets its own scene")]

use std::collections::HashMap;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::inotify;
use tempfile::TempDir;
use tightlip::{Fence, Redactor, Sandbox, Scanner, SkipReason, Source, Target, Watch, Wish};

/// What stands in every file of the target, and must never be seen.
const MARK: &str = "MARK-inside-the-target";

/// A target at `work/alpha` with a repository in it, and beside it all that leads there.
struct Scene {
    dir: TempDir,
    root: PathBuf,
}

impl Scene {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let root = fs::canonicalize(dir.path()).unwrap();
        let scene = Self { dir, root };
        for file in
            ["work/alpha/src/deep/main.rs", "work/alpha/README.md", "work/alpha/.git/config", "work/alpha/.git/HEAD"]
        {
            scene.write(file, MARK);
        }
        scene.write("work/alpha/.git/modules/sub/HEAD", MARK);
        scene.write("work/alpha/.git/worktrees/wt/HEAD", MARK);
        scene.write("single.key", MARK);
        scene.write("work/beta/notes.txt", "nothing to see\n");
        scene.write(
            "conf/targets.toml",
            "[[target]]\nname = 'alpha'\npaths = ['../work/alpha/', '../single.key', '../work/future']\n",
        );
        scene
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn link(&self, to: &str, link: &str) {
        let link = self.at(link);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(to, link).unwrap();
    }

    fn fence(&self) -> Fence {
        Fence::from_files([self.at("conf/targets.toml")]).unwrap()
    }

    /// Runs the command in the scene's directory.
    fn run(&self, args: &[&str]) -> Output {
        command(&self.root, args).output().unwrap()
    }

    /// Runs a scan with the targets file, and holds that nothing of the target is shown.
    fn scan(&self, args: &[&str]) -> Output {
        let output = self.run(&[&["scan", "--targets", "conf/targets.toml"], args].concat());
        let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert!(
            !told.contains("work/alpha") && !told.contains("MARK") && !told.contains("main.rs"),
            "{args:?}: {told}"
        );
        output
    }
}

fn command(directory: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
    command.current_dir(directory).args(args).env("XDG_CONFIG_HOME", "/nonexistent").env("HOME", "/nonexistent");
    command.stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Hears of everything that is opened or read in a tree.
struct Ear(rustix::fd::OwnedFd);

impl Ear {
    fn on(tree: &Path) -> Self {
        let ear = inotify::init(inotify::CreateFlags::NONBLOCK).unwrap();
        let mut below = vec![tree.to_path_buf()];
        while let Some(path) = below.pop() {
            let flags = inotify::WatchFlags::OPEN
                | inotify::WatchFlags::ACCESS
                | inotify::WatchFlags::MODIFY
                | inotify::WatchFlags::CREATE;
            if path.is_dir() {
                below.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            }
            inotify::add_watch(&ear, &path, flags).unwrap();
        }
        let ear = Self(ear);
        ear.heard();
        ear
    }

    /// How many events there were.
    fn heard(&self) -> usize {
        let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&self.0, &mut buffer);
        std::iter::from_fn(|| reader.next().ok().map(drop)).count()
    }
}

/// How the target is reached: a name for the way, what makes it, and what the scan is asked for.
type Way = (&'static str, fn(&Scene), &'static [&'static str]);

/// Ways that a walk meets: the target is left out, and the rest is read.
const MET: &[Way] = &[
    ("a root above", |_| {}, &["."]),
    ("a root just above", |_| {}, &["work"]),
    ("an absolute root above", |scene| scene.write("list", &scene.root.display().to_string()), &["work/../work"]),
    ("a hidden directory above", |scene| scene.write(".hidden/x", "x"), &["--hidden", "."]),
    ("a link to the target, followed", |scene| scene.link("../work/alpha", "links/a"), &["--follow", "links"]),
    (
        "an absolute link",
        |scene| scene.link(scene.at("work/alpha").to_str().unwrap(), "links/a"),
        &["--follow", "links"],
    ),
    ("a link into the target", |scene| scene.link("../work/alpha/src", "links/a"), &["--follow", "links"]),
    ("a link to a file in it", |scene| scene.link("../work/alpha/README.md", "links/a"), &["--follow", "links"]),
    (
        "a link to a link",
        |scene| {
            scene.link("b", "links/a");
            scene.link("../work/alpha", "links/b");
        },
        &["--follow", "links"],
    ),
    ("a link above the target", |scene| scene.link("../work", "links/a"), &["--follow", "links"]),
    ("a link to the root of all", |scene| scene.link("..", "links/a"), &["--follow", "links/a/work"]),
    ("a link through ..", |scene| scene.link("../work/beta/../alpha", "links/a"), &["--follow", "links"]),
    ("a link to a single file", |scene| scene.link("../single.key", "links/a"), &["--follow", "links"]),
    (
        "a hard link to a single file",
        |scene| {
            scene.write("links/x", "x");
            fs::hard_link(scene.at("single.key"), scene.at("links/a")).unwrap();
        },
        &["links"],
    ),
    ("a link that is not followed", |scene| scene.link("../work/alpha", "links/a"), &["links"]),
    (
        "a worktree",
        |scene| {
            scene.write("wt/.git", &format!("gitdir: {}\n", scene.at("work/alpha/.git/worktrees/wt").display()));
            scene.write("wt/a", MARK);
        },
        &["wt/..", "-g", "!conf"],
    ),
    (
        "a worktree by a relative path",
        |scene| {
            scene.write("o/wt/.git", "gitdir: ../../work/alpha/.git/worktrees/wt");
            scene.write("o/wt/a", MARK);
        },
        &["o"],
    ),
    (
        "a submodule",
        |scene| {
            scene.write("o/sub/.git", "gitdir: ../../work/alpha/.git/modules/sub");
            scene.write("o/sub/a", MARK);
        },
        &["o"],
    ),
    (
        "a linked .git",
        |scene| {
            scene.link("../../work/alpha/.git", "o/copy/.git");
            scene.write("o/copy/a", MARK);
        },
        &["o"],
    ),
    (
        "a common directory",
        |scene| {
            scene.write("adm/commondir", "../work/alpha/.git\n");
            scene.write("o/wt/.git", "gitdir: ../../adm");
            scene.write("o/wt/a", MARK);
        },
        &["o"],
    ),
    (
        "an ignore file that is a link",
        |scene| {
            scene.link("../work/alpha/README.md", "o/.gitignore");
            scene.write("o/.git/HEAD", "");
            scene.write("o/a", "x");
        },
        &["--ignore-files", "o"],
    ),
    ("a target that came to be later", |scene| scene.write("work/future/x", MARK), &["work"]),
    ("a glob that names it", |_| {}, &["-g", "work/alpha/**", "."]),
    ("one thread", |_| {}, &["--threads", "1", "."]),
    ("without the kernel", |_| {}, &["--sandbox", "off", "."]),
    (
        "without the kernel, by link",
        |scene| scene.link("../work/alpha", "links/a"),
        &["--sandbox", "off", "--follow", "links"],
    ),
    ("standard output to a report", |_| {}, &["--format", "jsonl", "-o", "report.jsonl", "."]),
];

/// Ways that the user asks for outright: refused, with 2.
const NAMED: &[Way] = &[
    ("the target itself", |_| {}, &["work/alpha"]),
    ("with a slash behind", |_| {}, &["work/alpha/"]),
    ("a directory in it", |_| {}, &["work/alpha/src"]),
    ("a file in it", |_| {}, &["work/alpha/README.md"]),
    ("through ..", |_| {}, &["work/beta/../alpha/src/.."]),
    ("by a link", |scene| scene.link("../work/alpha", "links/a"), &["links/a"]),
    ("below a link", |scene| scene.link("../work/alpha", "links/a"), &["links/a/src"]),
    ("beside another root", |_| {}, &["work/beta", "work/alpha"]),
    ("what is not there", |_| {}, &["work/alpha/missing"]),
    ("a single file", |_| {}, &["single.key"]),
    ("a hard link", |scene| fs::hard_link(scene.at("single.key"), scene.at("hard")).unwrap(), &["hard"]),
    (
        "a file of a worktree",
        |scene| {
            scene.write("wt/.git", "gitdir: ../work/alpha/.git/worktrees/wt");
            scene.write("wt/d/a", MARK);
        },
        &["wt/d/a"],
    ),
    ("a report in it", |_| {}, &["-o", "work/alpha/report", "work/beta"]),
    (
        "a report in it by a link",
        |scene| scene.link("../work/alpha", "links/a"),
        &["-o", "links/a/report", "work/beta"],
    ),
    (
        "a report over a file of it",
        |scene| scene.link("../work/alpha/README.md", "links/a"),
        &["-o", "links/a", "work/beta"],
    ),
    ("rules in it", |_| {}, &["--rules", "work/alpha/README.md", "work/beta"]),
    ("a configuration in it", |_| {}, &["--config", "work/alpha/README.md", "work/beta"]),
    ("what is yet to be", |_| {}, &["work/future"]),
];

#[test]
fn no_way_leads_into_a_target() {
    assert!(MET.len() + NAMED.len() >= 25);
    for (ways, codes) in [(MET, &[0, 3][..]), (NAMED, &[2])] {
        for (way, set, args) in ways {
            let scene = Scene::new();
            set(&scene);
            let ear = Ear::on(&scene.at("work/alpha"));
            let single = Ear::on(&scene.at("single.key"));
            let output = scene.scan(args);
            assert_eq!((ear.heard(), single.heard()), (0, 0), "{way}: something was opened");
            assert!(codes.contains(&output.status.code().unwrap()), "{way}: {output:?}");
            assert!(output.status.code() != Some(2) || text(&output.stderr).contains("`alpha`"), "{way}: {output:?}");
            assert!(!scene.at("work/alpha/report").exists(), "{way}");
        }
    }
}

#[test]
fn every_format_names_the_target_only() {
    let scene = Scene::new();
    scene.write("mention.txt", &format!("see {}/src/main.rs:3\n", scene.at("work/alpha").display()));
    scene.write("at%2Fsrv%2Fx", "x");
    for format in ["text", "json", "jsonl", "sarif"] {
        let output = scene.scan(&["--format", format, "."]);
        assert_eq!(output.status.code(), Some(1), "{format}: {output:?}");
        let report = text(&output.stdout);
        assert!(report.contains("target-alpha"), "{format}: {report}");
        assert!(text(&output.stderr).contains("skipped [TARGET:alpha]: belongs to target `alpha`"), "{output:?}");
    }
}

#[test]
fn a_file_name_that_holds_a_target_is_redacted() {
    let scene = Scene::new();
    let name = scene.at("work/alpha/x").to_str().unwrap().replace('/', "%2F");
    scene.write("names/x", &scene.at("work/alpha").display().to_string());
    fs::rename(scene.at("names/x"), scene.at("names").join(name)).unwrap();
    let report = text(&scene.scan(&["--format", "jsonl", "names"]).stdout);
    assert!(report.contains(r#""path":"names/[TARGET:alpha]""#), "{report}");
}

#[test]
fn a_mount_gives_no_way_in() {
    let scene = Scene::new();
    fs::create_dir_all(scene.at("mnt/whole")).unwrap();
    fs::create_dir_all(scene.at("mnt/inner")).unwrap();
    let targets = format!(
        "mount --bind {0}/work/alpha {0}/mnt/whole && mount --bind {0}/work/alpha/src {0}/mnt/inner && exec {1} scan --targets {0}/conf/targets.toml {0}/mnt",
        scene.root.display(),
        env!("CARGO_BIN_EXE_tightlip"),
    );
    let ear = Ear::on(&scene.at("work/alpha"));
    let output = Command::new("unshare").args(["--map-root-user", "--mount", "sh", "-c", &targets]).output();
    let Ok(output) = output else { return eprintln!("not tested: there is no unshare") };
    if !text(&output.stderr).contains("kept closed") {
        return eprintln!("not tested: mounting is not allowed here: {}", text(&output.stderr));
    }
    assert_eq!(ear.heard(), 0);
    assert_eq!(text(&output.stderr).matches("skipped ").count(), 2, "{}", text(&output.stderr));
}

#[test]
fn a_bad_targets_file_ends_the_run() {
    let scene = Scene::new();
    let cases = [
        ("empty.toml", "", "empty.toml:1: no target is named"),
        ("keys.toml", "[[target]]\nname = 'a'\nurl = ['x']\n", "keys.toml:3: unknown key `url`; did you mean `urls`?"),
        ("root.toml", "[[target]]\nname = 'a'\npaths = ['/']\n", "a path is the root directory"),
        ("home.toml", "[[target]]\nname = 'a'\npaths = ['~']\n", "a path is your home directory"),
        ("short.toml", "[[target]]\nname = 'a'\npaths = ['/a']\n", "too short"),
        ("toml.toml", "[[target]\n", "toml.toml:1: "),
    ];
    for (name, text, _) in cases {
        scene.write(name, text);
    }
    fs::create_dir(scene.at("home")).unwrap();
    for (name, message) in
        cases.iter().map(|(name, _, message)| (*name, *message)).chain([("missing.toml", "missing.toml: No such file")])
    {
        let output = command(&scene.root, &["scan", "--targets", name, "work/beta"])
            .env("HOME", scene.at("home"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {output:?}");
        assert!(text(&output.stderr).contains(message), "{name}: {}", text(&output.stderr));
    }
}

#[test]
fn streams_of_a_target_are_refused() {
    let scene = Scene::new();
    let scan = |args: &[&str]| command(&scene.root, &[&["scan", "--targets", "conf/targets.toml"], args].concat());
    let inside = fs::File::open(scene.at("work/alpha/README.md")).unwrap();
    let input = scan(&["-"]).stdin(inside).output().unwrap();
    let report = fs::File::options().append(true).open(scene.at("work/alpha/README.md")).unwrap();
    let output = scan(&["work/beta"]).stdout(report).stderr(Stdio::piped()).spawn().unwrap();
    let output = output.wait_with_output().unwrap();
    for (told, what) in [(input, "standard input comes from there"), (output, "standard output goes there")] {
        assert!(told.status.code() == Some(2) && text(&told.stderr).contains(what), "{}", text(&told.stderr));
    }
}

#[test]
fn targets_of_all_givers_add_up() {
    let scene = Scene::new();
    for name in ["one", "two", "three"] {
        scene.write(&format!("t/{name}/x"), MARK);
        scene.write(&format!("{name}.toml"), &format!("[[target]]\nname = '{name}'\npaths = ['t/{name}']\n"));
    }
    scene.write("tightlip.toml", "targets = ['two.toml']\n");
    let output = command(&scene.root, &["scan", "--targets", "one.toml", "t"])
        .env("TIGHTLIP_TARGETS", "three.toml")
        .output()
        .unwrap();
    let told = text(&output.stderr);
    assert!(["one", "two", "three"].iter().all(|name| told.contains(&format!("skipped [TARGET:{name}]"))), "{told}");
    assert!(told.contains("3 targets kept closed"), "{told}");
}

/// Swaps a link to the target for a directory, over and over, until `done`. Says how often.
fn swap(scene: &Scene, most: usize, done: &AtomicBool) -> usize {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let (a, b) = (scene.at("race/swap"), scene.at("spare"));
    let mut count = 0;
    while count < most && !done.load(Ordering::Relaxed) {
        renameat_with(CWD, &a, CWD, &b, RenameFlags::EXCHANGE).unwrap();
        count += 1;
    }
    count
}

#[test]
fn a_race_does_not_help() {
    const SWAPS: usize = 100_000;
    let scene = Scene::new();
    scene.write("race/swap/src/deep/main.rs", "outside");
    scene.write("race/swap/README.md", "outside");
    scene.link(scene.at("work/alpha").to_str().unwrap(), "spare");
    let fence = scene.fence();
    let ear = Ear::on(&scene.at("work/alpha"));
    let done = AtomicBool::new(false);
    let (mut inside, mut outside) = (0, 0);
    let count = std::thread::scope(|scope| {
        let racer = scope.spawn(|| {
            let count = swap(&scene, SWAPS, &done);
            done.store(true, Ordering::Relaxed);
            count
        });
        let scanner = Scanner::builder().threads(2).fence(fence.clone()).build().unwrap();
        while !done.load(Ordering::Relaxed) {
            for file in ["race/swap/README.md", "race/swap/src/deep/main.rs"] {
                let path = scene.at(file);
                match fence.admit(&path, true) {
                    Ok(admitted) => {
                        let mut read = String::new();
                        admitted.open().unwrap().read_to_string(&mut read).unwrap();
                        assert_eq!(read, "outside");
                        outside += 1;
                    }
                    Err(reason) => inside += usize::from(reason == SkipReason::Target { target: "alpha".into() }),
                }
            }
            let source = Source::walk([scene.at("race")]).follow(outside % 2 == 0);
            let findings = scanner.scan(&source, &Watch::default(), |_| panic!("there is nothing to find"));
            assert!(findings.is_ok());
        }
        racer.join().unwrap()
    });
    assert_eq!((count, ear.heard()), (SWAPS, 0));
    assert!(inside > 0 && outside > 0, "{inside} {outside}");
}

#[test]
fn the_kernel_alone_refuses() {
    let scene = Scene::new();
    scene.write("work/x", "x");
    let fence = scene.fence();
    let ear = Ear::on(&scene.at("work/alpha"));
    // What is taken away is taken from this thread alone.
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let sandbox = Sandbox::new().read(scene.at("work")).write(scene.at("conf"));
            if let Err(error) = sandbox.enter(&fence, Wish::Require) {
                return eprintln!("not tested: {error}");
            }
            assert!(fence.walls().kernel.is_some_and(|kernel| kernel.starts_with("landlock")));
            // Past the fence, by the standard library.
            for open in ["work/beta/notes.txt", "work/x"] {
                fs::read(scene.at(open)).unwrap();
            }
            for closed in [
                "work/alpha/README.md",
                "work/alpha/src/deep/main.rs",
                "work/beta/../alpha/README.md",
                "single.key",
                "/etc/passwd",
            ] {
                let error = fs::read(scene.at(closed)).unwrap_err();
                assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied, "{closed}");
            }
            for closed in ["work/alpha", "work/alpha/src", "."] {
                assert!(fs::read_dir(scene.at(closed)).is_err(), "{closed}");
            }
            fs::write(scene.at("conf/out"), "x").unwrap();
            for closed in ["work/alpha/new", "work/new", "new"] {
                assert!(fs::write(scene.at(closed), "x").is_err(), "{closed}");
            }
            assert!(
                std::net::TcpStream::connect("127.0.0.1:9")
                    .is_err_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied)
            );
            assert!(Command::new("/bin/true").status().is_err());
            // The fence still lists what the kernel keeps closed for the target below it.
            let summary = Scanner::builder().threads(1).fence(fence.clone()).build().unwrap();
            let summary = summary.scan(&Source::walk([scene.at("work")]), &Watch::default(), |_| Ok(())).unwrap();
            assert_eq!(summary.files, 2, "{:?}", summary.skipped);
        });
    });
    assert_eq!(ear.heard(), 0);
    drop(scene.dir);
}

#[test]
fn a_redactor_reads_its_originals_and_writes_its_copies_only() {
    let scene = Scene::new();
    scene.write("other/x", "x");
    let fence = scene.fence();
    let scanner = Scanner::builder().threads(2).fence(fence.clone()).build().unwrap();
    let redactor = Redactor::builder(&scanner).build().unwrap();
    let (source, into) = (Source::walk([scene.at("work")]), scene.at("copies"));
    let ear = Ear::on(&scene.at("work/alpha"));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            if let Err(error) = redactor.sandbox(&source, &into).unwrap().enter(&fence, Wish::Require) {
                return eprintln!("not tested: {error}");
            }
            for closed in ["other/x", "conf/targets.toml", "work/alpha/README.md", "/etc/passwd"] {
                assert!(fs::read(scene.at(closed)).is_err(), "{closed}");
            }
            for closed in ["work/beta/notes.txt", "work/new", "other/new", "new"] {
                assert!(fs::write(scene.at(closed), "x").is_err(), "{closed}");
            }
            assert!(Command::new("/bin/true").status().is_err());
            for _ in 0..2 {
                let manifest = redactor.copy(&source, &into, &Watch::default()).unwrap();
                assert_eq!((manifest.counts().unchanged, manifest.counts().refused), (1, 0), "{manifest:?}");
                assert!(manifest.walls().kernel.as_ref().is_some_and(|kernel| kernel.starts_with("landlock")));
            }
        });
    });
    assert_eq!(ear.heard(), 0);
}

#[test]
fn a_sandbox_that_cannot_be_had_ends_the_run_where_it_is_required() {
    let scene = Scene::new();
    let output = scene.scan(&["--sandbox", "require", "work"]);
    let told = text(&output.stderr);
    match output.status.code() {
        Some(0) => assert!(told.contains("by name and by the kernel (landlock "), "{told}"),
        code => assert!(code == Some(2) && told.contains("the sandbox cannot be had"), "{told}"),
    }
    assert!(text(&scene.scan(&["--sandbox", "off", "work"]).stderr).contains("by name only"));
}

#[test]
fn a_repository_that_borrows_from_a_target_is_refused() {
    let scene = Scene::new();
    scene.write("clone/.git/objects/info/alternates", "/elsewhere\n../../../work/alpha/.git/objects\n");
    scene.write("far/.git/objects/info/alternates", "../../../clone/.git/objects\n");
    scene.write("wt/.git", "gitdir: ../work/alpha/.git/worktrees/wt\n");
    scene.write("own/.git/objects/info/alternates", "../../../far-away/objects\n");
    let fence = scene.fence();
    for (repository, admitted) in [
        ("clone", false),
        ("clone/.git", false),
        ("far", false),
        ("wt", false),
        ("work/alpha", false),
        ("own", true),
        ("work/beta", true),
    ] {
        let outcome = fence.admit_repository(&scene.at(repository));
        assert_eq!(outcome.is_ok(), admitted, "{repository}: {outcome:?}");
    }
}

/// The system calls themselves, where `strace` can show them.
#[test]
fn no_system_call_opens_a_file_of_a_target() {
    let scene = Scene::new();
    scene.link("../work/alpha", "links/a");
    scene.link("../work/alpha/README.md", "links/b");
    let beside = TempDir::new().unwrap();
    let log = beside.path().join("strace.log");
    let traced = Command::new("strace")
        .args(["-f", "-y", "-e", "trace=%file,openat2", "-o", log.to_str().unwrap(), env!("CARGO_BIN_EXE_tightlip")])
        .args(["scan", "--follow", "--targets", "conf/targets.toml", "."])
        .current_dir(&scene.root)
        .output();
    match traced {
        Ok(output) if matches!(output.status.code(), Some(0 | 3)) => {}
        other => return eprintln!("not tested: strace does not run here: {other:?}"),
    }
    let target = scene.at("work/alpha");
    let log = fs::read_to_string(log).unwrap();
    // A call that another thread interrupted is shown in two parts, each with the thread's number.
    let mut begun = HashMap::new();
    let calls = log.lines().filter_map(|line| {
        let (thread, call) = line.split_once(' ')?;
        if let Some((start, _)) = call.split_once("<unfinished") {
            begun.insert(thread, start);
            return None;
        }
        Some(if call.contains(" resumed>") { begun.remove(thread)?.to_owned() + call } else { call.to_owned() })
    });
    let opened = calls.filter(|call| call.contains("open") && !call.contains("O_PATH"));
    // The descriptor that comes back is shown with the real path of what was opened.
    let inside: Vec<_> = opened
        .filter(|line| line.rsplit_once(" = ").is_some_and(|(_, result)| result.contains(target.to_str().unwrap())))
        .collect();
    assert!(inside.is_empty(), "{inside:#?}");
    assert!(log.contains("O_PATH"), "the trace shows how files are held");
}

#[test]
fn a_library_user_names_targets() {
    let scene = Scene::new();
    let fence = Fence::new([
        Target::new("alpha").path(scene.at("work/alpha")),
        Target::new("alpha").path(scene.at("single.key")),
    ])
    .unwrap();
    assert_eq!(fence.targets().len(), 1);
    let refused = SkipReason::Target { target: "alpha".into() };
    for path in ["work/alpha", "work/alpha/README.md", "single.key", "work/beta/../alpha"] {
        assert_eq!(fence.admit(&scene.at(path), true).unwrap_err(), refused, "{path}");
    }
    assert!(fence.admit(&scene.at("work/beta/notes.txt"), false).unwrap().open().is_ok());
    for bad in
        [Target::new("a"), Target::new("a b").word("word"), Target::new("a").path("/"), Target::new("a").word("ab")]
    {
        assert!(Fence::new([bad]).is_err());
    }
}
