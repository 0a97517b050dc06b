"""The defects of paths."""

from check.defects import both, change, write


def _link(name, target):
    return lambda root: (root / name).symlink_to(target)


PLANTED = {
    "PATH010": change("README.md", "docs/deploying.md", "docs/deployment.md"),
    "PATH011": change("README.md", "docs/deploying.md", "docs/deploying.md#backwards"),
    "PATH012": change("README.md", "](backend.py)", "][description]"),
    "PATH013": change("README.md", "(backend.py)", "(/home/ann/shop/backend.py)"),
    "PATH014": change("Makefile", "./deploy.sh", "./tools/deploy.sh"),
    "PATH015": change(".github/workflows/deploy.yml", "branches: [main]", 'branches: [main]\n    paths: ["infra/**"]'),
    "PATH016": write("compose.yaml", "services:\n  mail:\n    build: ./mails\n"),
    "PATH017": change("README.md", "docs/deploying.md", "docs/Deploying.md"),
    "PATH018": both(
        change(".gitignore", ".env*\n", ".env*\nnotes.md\n"),
        write("notes.md", "# Notes\n"),
        change("README.md", "(backend.py)", "(backend.py), [notes](notes.md)"),
    ),
    "PATH019": _link("docs/plan.md", "../plan.md"),
    "PATH020": both(
        write("shop-infra/list.md", "# List\n"), change("README.md", "(backend.py)", "(backend.py), `infra/list.md`")
    ),
    "PATH021": change("stock/Dockerfile", "COPY src ./src", "COPY source ./src"),
    "PATH023": write("start.sh", '#!/bin/sh\nset -eu\ncd "$(dirname "$0")/docs"\ndocker compose up -d\n'),
    "PATH022": write("docs/Deploying.md", "# Deploying\n"),
}
