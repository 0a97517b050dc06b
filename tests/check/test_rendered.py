"""Defects planted into rendered files, each twice: in a file of ours, and in one that the user took over.

Where the first line is kept, the file was edited by hand, and that is found, whatever was edited. Where it is deleted,
the file is the user's own, and a rule that knows what is wrong has to find it, at its line, with the fix. Defects of
different files are planted at once.
"""

import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from check.rendered.defect import without_first_line
from check.rule_run import git, held, told
from stead.check.cache import Cache
from stead.check.registry import rules
from stead.model import load
from stead.render import targets
from stead.render.targets import generated

HERE = Path(__file__).parent
BACKENDS = HERE.parents[1] / "backends"
FAST = rules(costs=("fast",))
NAMES = ("rewards", "tigrit", "albums", "archpad")
AROUND = ("pyproject.toml", "uv.lock", "README.md", "LICENSE", "src/package.py")  # what the images are built from
LEFT_OUT = shutil.ignore_patterns(".stead", "deploy", "__pycache__")


def defects():
    found = {}
    for name in ("compose", "overlay", "image", "observe", "bucket", "kubernetes", "cluster"):
        spec = spec_from_file_location(f"defects_of_{name}", HERE / "rendered" / f"{name}.py")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        assert not found.keys() & module.DEFECTS.keys(), name
        found |= module.DEFECTS
    return found


DEFECTS = defects()
IN_CLUSTER = {name: defect for name, defect in DEFECTS.items() if defect.backend == "archpad"}
ONE_A_FILE = {defect.file: name for name, defect in IN_CLUSTER.items()}.values()
# What these are found by is another rule's matter, or another file's, where the defects of other files are there, too.
ALONE = {"a policy of another document", "an example of everything that lacks something", "a budget of nothing"}
EDITED = {name: defect for name, defect in DEFECTS.items() if name not in IN_CLUSTER or name in ONE_A_FILE}


def rounds(defects):
    """Return the defects that are planted at once, by a name: one a file, since a check reads the whole backend."""
    found = {name: [defect] for name, defect in defects.items() if name in ALONE}
    for defect in (defect for name, defect in defects.items() if name not in ALONE):
        earlier = [name for name in found if name.startswith(f"{defect.backend} ")]
        free = [name for name in earlier if all(one.file != defect.file for one in found[name])]
        name = free[0] if free else f"{defect.backend} {len(earlier) + 1}"
        found.setdefault(name, []).append(defect)
    return found


def codes(findings):
    return {code for _, _, code in findings}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The backends, rendered anew, in the repository that their images are built from."""
    root = tmp_path_factory.mktemp("project").resolve()
    for name in AROUND:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("")
    for name in NAMES:
        source = BACKENDS / name if (BACKENDS / name).exists() else HERE / "rendered" / name
        shutil.copytree(source, root / "backends" / name, ignore=LEFT_OUT)
        for path, text in generated(load(root / "backends" / name)).items():
            file = root / "backends" / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    git(root, "init", "-q", "-b", "main", "--template=")
    git(root, "add", "-A")
    return root / "backends"


@pytest.fixture(scope="module", autouse=True)
def _rendered_once():
    """Remember what is rendered: no description is changed here, and a third of each check would be to render it."""
    known = {}

    def remembered(backend, names):
        key = (backend.name, *names)
        if key not in known:
            known[key] = generated(backend, names)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(targets, "generated", remembered)
        yield


@pytest.fixture
def spoil(project):
    """Return what plants defects of one backend; the files are as they were when the test is over."""
    before = {}

    def plant(defects, *, owned):
        root = project / defects[0].backend
        for defect in defects:
            path = root / "deploy" / defect.file
            before[path] = path.read_text()
            if owned:
                without_first_line(path)
            path.write_text(defect.spoiled(path.read_text()))
        return root

    yield plant
    for path, text in before.items():
        path.write_text(text)


def looked(root):
    """Return what all fast rules find; what they know of the other files is kept from test to test."""
    return held(root, FAST, cache=Cache(root / ".stead" / "check.cache"))


def reading(root):
    return lambda name: (root / "deploy" / name).read_text()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_rendered_is_clean(project, name):
    assert looked(project / name) == ()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_owned_is_clean(project, name, tmp_path):
    """No rule needs the mark to be quiet."""
    shutil.copytree(project.parent, tmp_path / "project", symlinks=True)
    root = tmp_path / "project" / "backends" / name
    for file in (root / "deploy").rglob("*"):
        if file.is_file() and file.suffix != ".md":
            without_first_line(file)
    assert looked(root) == ()


def test_there_are_enough_defects():
    assert len(DEFECTS) >= 36
    assert len({code.partition(" ")[0] for defect in DEFECTS.values() for code in defect.found}) >= 30
    assert len(IN_CLUSTER) >= 60
    assert len({code.partition(" ")[0] for defect in IN_CLUSTER.values() for code in defect.found}) >= 60


@pytest.mark.parametrize("together", rounds(EDITED).values(), ids=rounds(EDITED))
def test_a_file_of_ours_was_edited(spoil, together):
    root = spoil(together, owned=False)
    findings = told(looked(root), root)
    edited = {place for place in findings if place[2] == "DRIFT013"}
    assert edited == {(f"deploy/{defect.file}", 1, "DRIFT013") for defect in together}
    assert codes(findings) == {"DRIFT013", *(code.partition(" ")[0] for each in together for code in each.found)}


@pytest.mark.parametrize("together", rounds(DEFECTS).values(), ids=rounds(DEFECTS))
def test_a_file_of_the_user_has_it(spoil, together):
    root = spoil(together, owned=True)
    findings = looked(root)
    places = {place for defect in together for place in defect.places(reading(root))}
    found = set(told(findings, root))
    assert (places - found, found - places) == (set(), set())
    assert all(finding.problem.mend for finding in findings)
