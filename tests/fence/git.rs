//! Repositories that lead into a target: git itself would open it.

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
