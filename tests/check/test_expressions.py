"""No text makes an expression slow: what is read by expressions is read in a time that grows with the text alone."""

import re
import time
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import stead.adopt
import stead.check
from stead.check.boundary import gateway
from stead.check.facts import Facts, code, deploy, dotenv, facts_of, spring, wrangler
from stead.check.facts import python as python_reader
from stead.check.service import delivery, folder
from stead.check.setting import manual_override

LENGTH = 40_000  # letters; what grows with the square takes longer than LONGEST for these
LONGEST = 1.5  # seconds of this process
SEEDS = [
    *"a\"'`{=</ \n\t#",
    '\\"',
    "\\'",
    "'\\\n",
    "/*",
    "//",
    "env.",
    'env["',
    "const {",
    "const {A=",
    "process.env.",
    "import ",
    'from "',
    "${A",
    "${A:",
    'System.getenv("',
    'os.Getenv("A")',
    'envDefault:"',
    "a_",
    "A_",
    "/health",
    "http://a",
    'env: "',
    "export A=",
    'A="',
    "wrangler ",
    "wrangler a",
    "command: ",
    "deploy \\\n",
    "--var ",
    "location /",
    "- /a ",
    "paths: [",
    "url: ://",
    "<://<a>",
    "for a in b ",
    "if [ -d a ",
    "services:\n  - a\n",
    "|| ",
    "if: hashFiles(",
    '"react',
    "[a]\n",
    "a.",
]
READERS = [
    (code, "a.js"),
    (code, "a.go"),
    (code, "a.java"),
    (code, "a.rb"),
    (code, "a.cs"),
    (spring, "application.yml"),
    (dotenv, ".env"),
    (deploy, "a.sh"),
    (wrangler, "wrangler.toml"),
    (python_reader, "a.py"),
]
BEGIN = "wrangler //\nenv.A /**/ "  # a file of code that says nothing of variables is not read to its end
EXPRESSIONS = [
    *gateway.CONFIGS.values(),
    delivery.DEPLOYS,
    delivery.INLINE,
    delivery.BLOCK,
    delivery.COMMENT,
    *delivery.SKIPS,
    delivery.ASKS,
    folder.FRONTEND,
    manual_override.VAR,
    python_reader.WORD,
]


NAMES = ("a.sh", "Dockerfile", "Makefile", "a.md", "compose.yaml", ".gitlab-ci.yml", "a.json", "a.tf", "nginx.conf")


def taken(work):
    begun = time.process_time()
    work()
    return time.process_time() - begun


def text(seed):
    return (seed * (LENGTH // len(seed) + 1))[:LENGTH]


@pytest.mark.parametrize(("reader", "name"), READERS, ids=lambda each: getattr(each, "__name__", each))
def test_no_text_keeps_a_reader(reader, name):
    for seed in SEEDS:
        quoted = f'"""{text(seed).replace(chr(34), "")}"""' if name.endswith(".py") else f"{BEGIN}{text(seed)}"
        assert taken(partial(reader.read, Path(name), quoted, Facts())) < LONGEST, (name, seed)


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=lambda expression: expression.pattern[:30])
def test_no_text_keeps_an_expression(expression):
    for seed in SEEDS:
        said = text(seed)
        assert taken(partial(re.findall, expression, said)) < LONGEST, seed


@pytest.mark.parametrize("name", NAMES)
def test_no_text_keeps_all_readers_of_a_file(name):
    for seed in (*SEEDS[::3], "\n", '\\"', "/*"):
        assert taken(partial(facts_of, Path(name), f"#!/bin/sh\n{text(seed)}")) < LONGEST, seed


def test_the_begin_of_a_line_is_within_the_line():
    """`^\\s*` of a whole text begins at each of a thousand empty lines, and goes to the end of them each time."""
    for package in (stead.check, stead.adopt):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            for name, value in vars(import_module(module.name)).items():
                if isinstance(value, re.Pattern) and value.flags & re.MULTILINE:
                    assert not re.search(r"(?<!\[)\^(?:\(\?:)?\\s", value.pattern), f"{module.name}.{name}"
