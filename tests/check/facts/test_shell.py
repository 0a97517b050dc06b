"""What a script's variables are worth, and what its commands name."""

from pathlib import Path

import pytest

from stead.check.facts import Facts, script
from stead.check.facts import makefile as make
from stead.check.facts.shell import tidy, value_of

KNOWN = {"ROOT": "@root", "HERE": "@here", "DIR": "@here/../x", "NAME": "name"}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a/b", "a/b"),
        ("./a//b/../c", "a/c"),
        ('"$ROOT/a"', "@root/a"),
        ("${ROOT}/a/${NAME}.txt", "@root/a/name.txt"),
        ("$ROOT/$NONE", ""),
        ("${NONE:-a/b}", "a/b"),
        ("'$ROOT/a'", ""),
        ('$(cd "$(dirname "$0")" && pwd)', "@here"),
        ('"$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"', "@here/.."),
        ('$(cd -- "$( dirname -- "${BASH_SOURCE[0]}" )" &> /dev/null && pwd)', "@here"),
        ('$(dirname "$(readlink -f "$0")")/a', "@here/a"),
        ('$(dirname "$(realpath "$0")")/../..', "@here/../.."),
        ("$(realpath $HERE/../a)", "@here/../a"),
        ("$(git rev-parse --show-toplevel)/a", "@root/a"),
        ("`git rev-parse --show-toplevel`", "@root"),
        ("$(git rev-parse --show-toplevel 2>/dev/null || pwd)", "@root"),
        ("$PWD/a", "a"),
        ("$(pwd)/a", "a"),
        ("$GITHUB_WORKSPACE/a", "@root/a"),
        ("$(ls)/a", ""),
        ("$1/a", ""),
        ("$DIR/../y", "@here/../y"),
    ],
)
def test_a_path_is_told_from_the_text(text, path):
    assert tidy(value_of(text, KNOWN)) == path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("$(ROOT)/a", "@root/a"),
        ("${ROOT}/a", "@root/a"),
        ("$(CURDIR)/a", "a"),
        ("$(abspath $(dir $(lastword $(MAKEFILE_LIST)))/..)", "@here/.."),
        ("$(realpath $(dir $(firstword $(MAKEFILE_LIST))))", "@here"),
        ("$(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))", "@here"),
        ("$(shell git rev-parse --show-toplevel)", "@root"),
        ("$(shell pwd)/a", "a"),
        ("$(shell dirname $(lastword $(MAKEFILE_LIST)))", "@here"),
        ("$(NONE)/a", ""),
        ("$(wildcard a/*)", ""),
        ("$@/a", ""),
    ],
)
def test_makes_functions_are_told_from_the_text(text, path):
    assert tidy(make.value_of(text, KNOWN)) == path


def named(text, reader=script):
    facts = Facts()
    reader.read(Path("/shop/run"), text, facts)
    return [(at.text, at.more.partition(" ")[2]) for at in facts.paths]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("./a.sh x/y", [("a.sh", "call")]),
        ("A=1 B=2 sudo ./a.sh", [("a.sh", "call")]),
        ("uv run tools/a.py", [("tools/a.py", "call")]),
        ("if ./a.sh; then ./b.sh; fi", [("a.sh", "call"), ("b.sh", "call")]),
        ("a=$(./a.sh)", []),
        ("source a/b", [("a/b", "read")]),
        ("bash -eu a.sh b/c", [("a.sh", "read")]),
        ("bash -c 'a/b'", []),
        ("python -m a.b", []),
        ("python3 a.py < b.txt > c.txt", [("a.py", "read"), ("b.txt", "read")]),
        ("make -C a b", [("a", "read")]),
        ("make --directory=a", [("a", "read")]),
        ("docker compose -f a.yaml --env-file b.env up", [("a.yaml", "read"), ("b.env", "read")]),
        ("docker run -v ./a:/a -v b:/b -v /c:/c x", [("a", "read")]),
        ("kubectl apply -f k8s/", [("k8s", "read")]),
        ("kubectl apply -f k8s/*.yaml", [("k8s", "read")]),
        ("kubectl apply -f https://a.b/c.yaml", []),
        ("kubectl apply -f -", []),
        ("terraform -chdir=a/b plan", [("a/b", "read")]),
        ("pip install -r a.txt -c b.txt", [("a.txt", "read"), ("b.txt", "read")]),
        ("cat a/b /etc/hosts ~/c $HOME/d - e", [("a/b", "read")]),
        ("cp a/b c/d e/", [("a/b", "read"), ("c/d", "read")]),
        ("mkdir -p a && cat a/b", []),
        ("[ -f a/b ] && . a/b", []),
        ("echo a > b/c; cat b/c", []),
        ("curl https://a.b -o c/d && bash c/d", []),
        ("cat a/b || true", []),
        ("cd a && ./b.sh", [("a", "cd"), ("a/b.sh", "call")]),
        ("(cd a && ./b.sh); ./c.sh", [("a", "cd"), ("a/b.sh", "call"), ("a/c.sh", "call")]),
        ('cd "$NONE" && ./b.sh', []),
        ("cat <<END\n./a.sh\nEND\n./b.sh", [("b.sh", "call")]),
        ("cat \\\n  a/b", [("a/b", "read")]),
        ("sed s/a/b/ c/d", []),
        ("git clone x a/b\nls a/b && bash a/b/c.sh", []),
        ("# ./a.sh", []),
        ("ls # ./a.sh", []),
    ],
)
def test_a_command_names_files(line, found):
    assert named(line) == found


def test_each_line_of_a_recipe_has_a_shell_of_its_own():
    assert named("a:\n\tcd b && ./c\n\t./d\n", make) == [("b", "cd"), ("b/c", "call"), ("d", "call")]


def test_the_parenthesis_of_a_line_ends_with_it():
    assert named("(cd a && ./b)\n./c\n") == [("a", "cd"), ("a/b", "call"), ("c", "call")]


def test_the_folder_of_a_function_ends_with_it():
    assert named("go() {\n  cd a\n  ./b\n}\n./c\n") == [("a", "cd"), ("a/b", "call"), ("c", "call")]
