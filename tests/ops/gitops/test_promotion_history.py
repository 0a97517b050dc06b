"""Rollbacks that follow one another, images that came later, two ships at once, and pushes that fail."""

from ops.gitops.shop import ONE, TWO, git, pre_commit, ship
from stead.ops.gitops.repository import Repository


def test_a_second_rollback_leads_further_back_and_not_to_the_version_that_was_bad(shop, run):
    run("gitops", "init", shop)
    for version, digest in (("v1", ONE), ("v2", TWO), ("v3", ONE)):
        assert ship(run, shop, "dev", version, "--image", f"python={digest}")[0] == 0
    assert "v2" in ship(run, shop, "dev", "", "--back")[1]
    assert "v1" in ship(run, shop, "dev", "", "--back")[1]
    status, said = ship(run, shop, "dev", "", "--back")
    assert (status, "no earlier version" in said) == (1, True)


def test_a_version_that_was_rolled_back_is_not_promoted(shop, run):
    run("gitops", "init", shop)
    for version, digest in (("v1", ONE), ("v2", TWO)):
        assert ship(run, shop, "dev", version, "--image", f"python={digest}")[0] == 0
    assert ship(run, shop, "dev", "", "--back")[0] == 0
    status, said = ship(run, shop, "staging", "v2")
    assert (status, "dev was rolled back from v2 before staging" in said) == (1, True)
    assert ship(run, shop, "staging", "v1")[0] == 0


def test_a_version_without_an_image_that_came_later_is_neither_promoted_nor_brought_back(shop, run):
    run("gitops", "init", shop)
    for version, digest in (("v1", ONE), ("v2", TWO)):
        assert ship(run, shop, "dev", version, "--image", f"python={digest}")[0] == 0
    text = (shop / "backend.py").read_text()
    mail = 'Service("mail", command="node mail.js", folder="mail")'
    (shop / "mail").mkdir()
    (shop / "mail/package.json").write_text('{"name": "mail", "version": "1.0.0"}')
    (shop / "mail/package-lock.json").write_text('{"name": "mail", "lockfileVersion": 3, "packages": {}}')
    (shop / "backend.py").write_text(text.replace("services=[orders]", f"services=[orders, {mail}]"))
    assert run("gitops", "init", shop)[0] == 0
    git(shop, "add", "--all")
    git(shop, "commit", "--quiet", "-m", "Add mail")
    head = git(shop, "rev-parse", "HEAD")
    for words in (("dev", "", "--back"), ("staging", "v2")):
        status, said = ship(run, shop, *words)
        assert (status, "without the image mail, which came later" in said) == (1, True), said
    assert git(shop, "rev-parse", "HEAD") == head


def test_a_second_ship_in_one_clone_waits_for_nobody_and_is_told(shop, run):
    run("gitops", "init", shop)
    with Repository(shop).locked():
        status, said = ship(run, shop, "dev", "v1", "--image", f"python={ONE}")
        assert (status, "another ship commits in this clone now" in said) == (1, True)
    assert ship(run, shop, "dev", "v1", "--image", f"python={ONE}")[0] == 0


def test_what_was_committed_without_a_push_is_pushed_by_the_same_command(shop, run):
    run("gitops", "init", shop)
    words = ("dev", "v1", "--image", f"python={ONE}")
    assert ship(run, shop, *words)[0] == 0
    status, said = ship(run, shop, *words)
    assert (status, "dev has v1 already, and it is not pushed: git push" in said) == (1, True)
    assert ship(run, shop, *words, "--push")[0] == 0
    assert git(shop, "rev-parse", "HEAD") == git(shop, "rev-parse", "origin/main")


def test_a_push_that_fails_says_why_and_what_helps(shop, run):
    run("gitops", "init", shop)
    git(shop, "remote", "set-url", "origin", "elsewhere.git")
    status, said = ship(run, shop, "dev", "v1", "--image", f"python={ONE}", "--push")
    assert (status, "'elsewhere.git' does not appear to be a git repository" in said) == (1, True)
    assert "pull --rebase" not in said


def test_a_hook_without_a_word_is_named(shop, run):
    run("gitops", "init", shop)
    pre_commit(shop, "exit 1")
    assert (
        "a hook of this repository may have refused it" in ship(run, shop, "dev", "v1", "--image", f"python={ONE}")[1]
    )


def test_init_commits_its_own_files_alone_and_keeps_what_was_written_by_hand(shop, run):
    run("gitops", "init", shop)
    readme = shop / "deploy/gitops/README.md"
    readme.write_text("Our own words.\n")
    git(shop, "commit", "--quiet", "-am", "Our words")
    (shop / "deploy/compose").mkdir()
    (shop / "deploy/compose/.env.prod").write_text("PAY_KEY=a-secret\n")
    assert run("gitops", "init", shop) == (0, "nothing has changed\n")
    assert readme.read_text() == "Our own words.\n"
    assert ".env.prod" not in git(shop, "ls-files")
    service = shop / "deploy/kubernetes/dev/orders/orders.service.yaml"
    service.write_text(service.read_text() + "broken\n")
    status, said = run("gitops", "init", shop)
    assert (status, "orders.service.yaml is changed and not committed" in said) == (1, True)


def test_a_release_that_was_shipped_without_a_commit_is_taken_over(shop, run):
    file = shop / "deploy/releases/dev.json"
    file.parent.mkdir(parents=True)
    file.write_text(f'{{"version": "v1", "images": {{"python": "{ONE}"}}}}\n')
    assert run("gitops", "init", shop)[0] == 0
    assert ship(run, shop, "dev", "v2", "--image", f"python={TWO}")[0] == 0
    assert "v1" in ship(run, shop, "dev", "", "--back")[1]


def test_a_repository_with_a_password_in_its_url_is_refused(shop, run):
    text = (shop / "backend.py").read_text()
    (shop / "backend.py").write_text(text.replace("https://git.example", "https://ann:a-secret@git.example"))
    status, said = run("gitops", "init", shop)
    assert (status, "holds credentials" in said, "a-secret" in said) == (1, True, False)
    assert not (shop / "deploy").exists()


def test_a_tag_that_is_synced_cannot_be_shipped_to(shop, run):
    git(shop, "tag", "v1")
    text = (shop / "backend.py").read_text()
    (shop / "backend.py").write_text(text.replace('shop.git", **words', 'shop.git", revision="v1", **words'))
    status, said = run("gitops", "init", shop)
    assert (status, "v1 is a tag or a commit, and nothing can be added to it" in said) == (1, True)
