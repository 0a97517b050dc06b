"""A sealed file gives back what went in, and only to whom it was sealed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrage import x25519

from stead.kit.age_file import SealedError, parse, replace, seal, unseal, write

names = st.from_regex(r"[A-Z][A-Z0-9_]{0,20}", fullmatch=True)
texts = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=60)


@given(st.dictionaries(names, texts, max_size=5))
def test_what_is_written_is_read(values):
    assert parse(write(values)) == values


def test_sealed_to_two_and_to_nobody_else():
    ann, ben, eve = (x25519.Identity.generate() for _ in range(3))
    content = seal({"KEY": "value"}, [str(ann.to_public()), str(ben.to_public())])
    assert b"value" not in content
    assert unseal(content, str(ann)) == unseal(content, f"# made today\n\n{ben}\n") == {"KEY": "value"}
    with pytest.raises(SealedError, match="cannot be decrypted"):
        unseal(content, str(eve))
    with pytest.raises(SealedError, match="cannot be decrypted"):
        unseal(content[:-1] + b"x", str(ann))


@pytest.mark.parametrize(
    ("recipients", "said"), [([], "no recipient"), (["age1nonsense"], "an age recipient starts with")]
)
def test_nobody_to_seal_to(recipients, said):
    with pytest.raises(SealedError, match=said):
        seal({"KEY": "value"}, recipients)


def test_no_identity_and_no_name():
    with pytest.raises(SealedError, match="an age identity starts with"):
        unseal(b"anything", "hunter2")
    with pytest.raises(SealedError, match="is not a valid setting name"):
        write({"lower": "value"})


def test_a_file_is_replaced_whole_and_only_for_its_owner(tmp_path):
    file = tmp_path / "secrets.age"
    replace(file, b"one")
    replace(file, b"two")
    assert file.read_bytes() == b"two"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]
