//! What is asked for that cannot be, and who may say what a target is.

use std::fs;
use std::process::Stdio;

use crate::scene::{MARK, Scene, command, text};

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
        (
            "name.toml",
            "[[target]]\nname = 'a/b'\npaths = ['/a/b/c']\n",
            "name.toml:1: a target's `name` is of at most 64",
        ),
        ("nothing.toml", "[[target]]\nname = 'a'\n", "it says nothing to keep away from"),
        ("above.toml", "[[target]]\nname = 'a'\npaths = ['.']\n", "the list of targets lies in it"),
        ("link.toml", "[[target]]\nname = 'a'\npaths = ['to-root']\n", "a path is the root directory"),
    ];
    for (name, text, _) in cases {
        scene.write(name, text);
    }
    fs::create_dir(scene.at("home")).unwrap();
    scene.link("/", "to-root");
    let others = [("missing.toml", "missing.toml: No such file"), ("home", "home: Is a directory")];
    for (name, message) in cases.iter().map(|(name, _, message)| (*name, *message)).chain(others) {
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

#[test]
fn a_target_may_be_named_in_any_way_and_before_it_exists() {
    let scene = Scene::new();
    scene.link("work/alpha", "over");
    let name = |path: &str| scene.write("conf/t.toml", &format!("[[target]]\nname = 'alpha'\npaths = ['{path}']\n"));
    let scan = |asked: &str| {
        let output = scene.run(&["scan", "--targets", "conf/t.toml", asked]);
        (output.status.code(), text(&output.stderr))
    };
    for (path, asked, code) in [
        ("../work/alpha", "work/alpha", 2),
        ("../work/./beta/../alpha//", "work/alpha", 2),
        ("../over", "work/alpha", 2),
        ("../over", "over", 2),
        ("../over/src", "work/alpha/src/deep", 2),
        ("../work/later", "work/later", 2),
        ("../work/later", "work", 0),
        ("../work", "work", 2),
        ("../work", "work/beta", 2),
        ("../work/alpha", "work/beta", 0),
    ] {
        name(path);
        let (ended, told) = scan(asked);
        assert_eq!(ended, Some(code), "{path} {asked}: {told}");
        assert!(
            code == 0 || told.contains("target `alpha` is not to be touched, and a path to scan lies in it"),
            "{told}"
        );
    }
    // What was not there is kept closed once it is.
    name("../work/later");
    scene.write("work/later/x", MARK);
    assert!(scan("work").1.contains("skipped [TARGET:alpha]"));
}
