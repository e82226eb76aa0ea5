//! Each wall by itself: the first against a race, the second without the first, and the first as a library.

use std::fs;
use std::io::Read as _;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tightlip::{Fence, Sandbox, Scanner, SkipReason, Source, Target, Watch, Wish};

use crate::scene::{Ear, Scene, text};

/// Swaps a link to the target for a directory, over and over, `most` times or until `done`, and counts.
fn swap(scene: &Scene, most: usize, count: &AtomicUsize, done: &AtomicBool) {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let (a, b) = (scene.at("race/swap"), scene.at("spare"));
    while count.load(Ordering::Relaxed) < most && !done.load(Ordering::Relaxed) {
        renameat_with(CWD, &a, CWD, &b, RenameFlags::EXCHANGE).unwrap();
        // Without a rest now and then, nobody gets through between two swaps. The number is odd, so that either side has its turn to rest.
        if count.fetch_add(1, Ordering::Relaxed).is_multiple_of(255) {
            std::thread::sleep(Duration::from_micros(200));
        }
    }
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
    let (count, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (mut inside, mut outside) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| swap(&scene, 10 * SWAPS, &count, &done));
        let scanner = Scanner::builder().threads(2).fence(fence.clone()).build().unwrap();
        // On a busy machine, one side of the race may sleep for many swaps.
        let seen = |inside: usize, outside: usize| if inside.min(outside) > 0 { SWAPS } else { 10 * SWAPS };
        while count.load(Ordering::Relaxed) < seen(inside, outside) {
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
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!((count.into_inner() >= SWAPS, ear.heard()), (true, 0));
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

#[test]
fn without_proc_the_way_is_gone_step_by_step() {
    let scene = Scene::new();
    scene.link("../work/alpha", "links/a");
    scene.link("../work/alpha/README.md", "links/b");
    scene.link("../work/beta", "links/c");
    scene.write("mention.txt", &format!("see {}/src\n", scene.at("work/alpha").display()));
    let scan = ["scan", "--threads", "1", "--format", "csv", "--follow", "--targets", "conf/targets.toml", "."];
    let script = format!("mount -t tmpfs none /proc && {} {} | cat", env!("CARGO_BIN_EXE_tightlip"), scan.join(" "));
    let ear = Ear::on(&scene.at("work/alpha"));
    let mut unshare = Command::new("unshare");
    unshare
        .args(["--map-root-user", "--mount", "sh", "-c", &script])
        .current_dir(&scene.root)
        .env("HOME", "/nonexistent");
    let Ok(output) = unshare.output() else { return eprintln!("not tested: there is no unshare") };
    let told = text(&output.stderr);
    if told.contains("mount: ") || told.contains("unshare: ") {
        return eprintln!("not tested: mounting is not allowed here: {told}");
    }
    assert_eq!(ear.heard(), 0);
    let usual = scene.run(&scan);
    assert_eq!(text(&output.stdout), text(&usual.stdout), "{told}");
    let skips = |told: &str| told.matches("belongs to target `alpha`").count();
    assert!(skips(&told) == skips(&text(&usual.stderr)) && skips(&told) >= 4, "{told}");
    assert!(text(&usual.stdout).contains("target-alpha") && !told.contains("not a regular file"), "{told}");
}

#[test]
fn redaction_stands_behind_both_walls_and_says_so() {
    let scene = Scene::new();
    scene.write("conf/tightlip.toml", "sandbox = 'require'\ntargets = ['targets.toml']\n");
    let run = |args: &[&str]| {
        let output = scene.run(&[args, &["--config", "conf/tightlip.toml"]].concat());
        (output.status.code(), text(&output.stderr))
    };
    let (code, told) = run(&["redact", "work", "--into", "out/copies"]);
    if told.contains("the sandbox cannot be had") {
        assert_eq!(code, Some(2));
        return eprintln!("not tested: there is no Landlock here");
    }
    assert_eq!(code, Some(0), "{told}");
    let manifest = fs::read_to_string(scene.at("out/copies/tightlip-manifest.json")).unwrap();
    assert!(manifest.contains("\"targets\": 1") && manifest.contains("\"kernel\": \"landlock "), "{manifest}");
    // Again, with a target among the copies; signed and checked by programs on this side of the wall.
    let more = "[[target]]\nname = 'alpha'\npaths = ['../work/alpha', '../out/copies/work/shut']\n";
    scene.write("conf/targets.toml", more);
    for args in [
        &["redact", "work", "--into", "out/copies", "--sign-with", "cat"][..],
        &["verify", "out/copies", "--verify-with", "cmp - out/copies/tightlip-manifest.json"],
        &["baseline", "work", "-o", "out/b.jsonl"],
    ] {
        let (code, told) = run(args);
        assert_eq!(code, Some(0), "{args:?}: {told}");
    }
}
