"""What is wrong with a script of a pipeline, whichever forge runs it: line by line, as far as the text tells."""

import re
from collections.abc import Iterable, Iterator

from stead.check.facts import At
from stead.check.facts.node import Node
from stead.check.facts.pipeline import FORGIVEN
from stead.check.facts.shell import logical

# What builds, tests or judges: its failure is the reason for the job.
WORKS = re.compile(
    r"(?:^|[;&|(\s])(?:\./)?(?:gradlew|gradle|mvnw|mvn|npm|pnpm|yarn|npx|make|pytest|tox|nox|go|cargo|dotnet|docker|"
    r"buildctl|buildah|trivy|grype|syft|cosign|ruff|mypy|eslint|hadolint|shellcheck|uv|python3?|terraform|helm|kubectl)"
    r"(?=\s)[^|\n]{0,300}\|\|\s*(?:true|:|exit\s+0|echo)(?:\s|$|[\"';)])"
)
TOLERANT = re.compile(r"^\s*set\s+\+e\b")
LATEST = re.compile(
    r"\b(?:docker|podman|buildah|skopeo|crane)\b[^\n|;&]{0,300}?\b(?:push|copy)\b[^\n|;&]{0,300}?:latest\b"
)
BUILT_LATEST = re.compile(r"\bdocker\s+(?:buildx\s+)?build\b(?=[^\n|;&]{0,500}--push)[^\n|;&]{0,500}?:latest\b")
PIPED = re.compile(
    r"\b(?:curl|wget)\b[^|\n]{0,500}\|\s*(?:sudo\s+(?:-\w+\s+)?)?(?:ba|z|da)?sh\b|\bsh\s+-c\s+\"?\$\(curl\b"
)
DUMPED = re.compile(r"(?:^|[;&|(]\s*)(?:env|printenv|export\s+-p|set)\s*(?:$|[|>;&])")
TRACED = re.compile(r"^\s*(?:set\s+-[a-wyz]*x[a-z]*\b|set\s+-o\s+xtrace\b)")
PRINTED = re.compile(r"(?:^|[;&|({]\s*|\b(?:then|do|else)\s+)(?:echo|printf|cat\s*<<<)\b[^|>\n]{0,300}$")
VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)")
RETIRED = re.compile(r"::(set-output|save-state|set-env|add-path)\b")
SIGNATURE = re.compile(r"\bcosign\s+verify(?:-attestation)?\b[^\n]*|\bgh\s+attestation\s+verify\b[^\n]*")
LOOP = re.compile(r"(?:^|[;&|]\s*|\s)for\s+\w+\s+in\s+([^;\n]+?)\s*(?:;\s*do\b|;|$)")
PATH = re.compile(r"\.?[\w@-][\w.@-]*(?:/[\w.@-]+)+/?")


def lines(node: Node) -> Iterator[tuple[int, str]]:
    """Yield the commands of a script with the lines that they stand on; here-documents and comments are left out."""
    for number, line in logical(node.text or ""):
        yield node.line + number - (0 if node.block else 1), line


def script(node: Node, secrets: Iterable[str], *, release: bool) -> Iterator[At]:
    """Yield what is wrong with a script, by kind.

    secrets  names of variables that hold secrets there
    release  whether it runs for a release only
    """
    hidden = frozenset(secrets)
    for number, line in lines(node):
        yield from _failures(number, line)
        yield from _outputs(number, line, hidden)
        if not release and (LATEST.search(line) or BUILT_LATEST.search(line)):
            yield At("this pushes :latest in each run, so the tag does not identify a commit", number, 1, "latest")
        if PIPED.search(line):
            yield At("this runs a downloaded script without a checksum", number, 1, "piped")
        for found in SIGNATURE.findall(line):
            yield from _signature(number, found)


def _failures(number: int, line: str) -> Iterator[At]:
    if FORGIVEN.search(line):
        return  # a delivery, which has a rule of its own
    found = WORKS.search(line)
    if found:
        command = " ".join(found[0].partition("||")[0].split()).strip(";&|( ")[:60]
        yield At(f"the failure of {command!r} is passed over", number, 1, "forgiven")
    elif TOLERANT.search(line):
        yield At("set +e ignores the failure of every command after it", number, 1, "forgiven")


def _outputs(number: int, line: str, hidden: frozenset[str]) -> Iterator[At]:
    found = RETIRED.search(line)
    if found:
        yield At(f"::{found[1]} is switched off", number, 1, "retired")
    if DUMPED.search(line):
        yield At("this prints every variable of the job, secrets among them", number, 1, "printed")
    elif TRACED.search(line) and hidden:
        yield At("this prints every command with its values, secrets among them", number, 1, "printed")
    elif PRINTED.search(line):
        named = sorted(hidden.intersection(VARIABLE.findall(line)))
        if named and "GITHUB_" not in line:
            yield At(f"this prints {named[0]}", number, 1, "printed")


def _signature(number: int, command: str) -> Iterator[At]:
    """A signature by anybody is not proof: the identity and the issuer make it one."""
    if command.startswith("gh"):
        if not re.search(r"--signer-(?:workflow|repo)|--cert-identity", command):
            yield At(
                "gh attestation verify accepts an attestation of any workflow of the repository",
                number,
                1,
                "identity",
            )
        return
    needs = (r"--certificate-identity(?:-regexp)?\b|--key\b", r"--certificate-oidc-issuer(?:-regexp)?\b|--key\b")
    if not all(re.search(need, command) for need in needs):
        yield At("cosign verify accepts a signature of any identity", number, 1, "identity")


def loops(node: Node) -> Iterator[At]:
    """Yield the paths that a `for` loop goes through: those without a pattern, a variable or a number."""
    for number, line in lines(node):
        for found in LOOP.findall(line):
            words = found.split()
            yield from (At(word.strip("\"'"), number, 1) for word in words if PATH.fullmatch(word.strip("\"'")))
