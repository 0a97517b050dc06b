"""The defects of files."""

from itertools import pairwise

from check.defects import change, write
from check.rule_run import git

ALIASES = "".join(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in pairwise("abcdefg"))


def _encoded(name, content):
    def spoil(root):
        (root / name).write_bytes(content)

    return spoil


def _large(root):
    with (root / "stock.dump").open("wb") as file:
        file.truncate(6_000_000)


def _not_executable(root):
    (root / "deploy.sh").chmod(0o644)
    git(root, "add", "deploy.sh")


RUNS = "\t./deploy.sh $(SERVICE)\n"

PLANTED = {
    "FILE010": write("docs/list.yaml", "list: [one, two\n"),
    "FILE011": write("docs/list.yaml", "one: 1\ntwo: 2\none: 3\n"),
    "FILE012": write("docs/list.yaml", f"a: &a [{', '.join(10 * 'x')}]\n{ALIASES}"),
    "FILE013": write("docs/list.json", '{"one": 1,}\n'),
    "FILE014": write("docs/list.toml", "one = 1\none = 2\n"),
    "FILE015": _not_executable,
    "FILE016": change("deploy.sh", "#!/bin/sh\n", ""),
    "FILE017": change("deploy.sh", "#!/bin/sh\n", "#!/bin/sh\r\n"),
    "FILE018": change("deploy.sh", "kubectl rollout", "ls $@\nkubectl rollout"),
    "FILE019": change("deploy.sh", "kubectl rollout", "unused=1\nkubectl rollout"),
    "FILE020": write("compose.yaml", 'version: "3"\nservices:\n  mail:\n    build: ./mail\n'),
    "FILE021": write("docs/list.txt", "<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> other\n"),
    "FILE022": _large,
    "FILE023": _encoded("docs/list.md", b"# List\n\0\0\n"),
    "FILE024": write("docs/list.py", "def list(:\n"),
    "FILE025": _encoded("docs/list.md", "# Список\n".encode("cp1251")),
    "FILE026": change("Makefile", RUNS, f"{RUNS}\nship-dev:\n\tstead ship compose --env prod\n"),
    "FILE027": change("Makefile", RUNS, f"{RUNS}\tmake smoke\n"),
    "FILE028": change(".github/workflows/deploy.yml", './deploy.sh "$SERVICE"', './deploy.sh "${{ github.head_ref }}"'),
    "FILE029": write("keep.sh", "#!/bin/sh\nset -eu\nstead backup || true\n"),
    "FILE030": write("fetch.sh", "#!/bin/sh\nset -eu\ncurl -k https://shop.io/list -o list\n"),
    "FILE031": write("keep.sh", "#!/bin/sh\nset -eu\npg_dump shop | gzip > shop.gz\n"),
    "FILE032": write("clean.sh", "#!/bin/sh\nset -eu\nkubectl delete namespace shop-prod\n"),
    "FILE033": write("publish.sh", "#!/bin/sh\nset -eu\ngit push --force origin main\n"),
    "FILE034": write("open.sh", "#!/bin/sh\nset -eu\nchmod 777 list\n"),
    "FILE035": write("tell.sh", '#!/bin/sh\nset -eu\ncurl -H "Authorization: $TOKEN" http://hooks.shop.io/list\n'),
    "FILE037": change("Makefile", RUNS, f"{RUNS}\nlist:\n    ls\n"),
    "FILE038": write("smoke.sh", "#!/bin/sh\nset -eu\ncurl -sS https://shop.io/health\n"),
    "FILE039": change("Makefile", ".PHONY: help deploy", "tools:\n\t./deploy.sh tools\n\n.PHONY: help deploy"),
    "FILE040": write("orders/migrations/2.sql", "ALTER TABLE orders ADD COLUMN amount bigint NOT NULL;\n"),
    "FILE036": write("migrate.sh", "#!/bin/sh\nalembic upgrade head\necho migrated\n"),
}
