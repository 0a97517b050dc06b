"""Display text: nothing in it is hidden, and whatever people write with stays."""

import re
import sys
import unicodedata
from pathlib import Path

import pytest

from stead.kit.display_text import DISPLAY_TEXT, HIDDEN, VISIBLE_TEXT
from stead.services.content.contract import Line
from stead.services.crews.contract import Name as Crew
from stead.services.events.contract import Title
from stead.services.payments.contract import Reason as Refund
from stead.services.points.contract import Reason as Award
from stead.services.tokens.contract import Name as Token
from stead.services.users.contract import Name as Account

BACKENDS = Path(__file__).parents[2] / "backends"
FORMAT = ("Cc", "Cf", "Zl", "Zp")
# Of category Cf, and visible: signs of Arabic, Syriac, Kaithi and Egyptian. The joiners are a part of what is written.
VISIBLE = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440)}
JOINERS = {0x200C, 0x200D}


def test_a_line_has_no_hidden_character_and_keeps_every_other():
    hidden = {code for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in FORMAT}
    refused = {code for code in range(sys.maxunicode + 1) if not re.search(DISPLAY_TEXT, f"ab{chr(code)}")}
    assert hidden - VISIBLE - JOINERS <= refused
    assert {code for code in refused - hidden if unicodedata.category(chr(code)) != "Cn"} == set()


@pytest.mark.parametrize("kind", [Line, Crew, Title, Refund, Award, Token, Account])
@pytest.mark.parametrize("mark", ["\u202e", "\u200f", "\u2066", "\u200b", "\x85", "\U000e0041"])
def test_what_the_shelf_shows_to_people_is_such_a_line(kind, mark):
    [meta] = kind.__metadata__
    assert re.search(meta.pattern, "می‌خواهم 👩‍👩‍👧 Ann")
    assert not re.search(meta.pattern, f"boat{mark}1")


def test_blanks_alone_can_not_be_seen():
    assert not re.search(VISIBLE_TEXT, " \u3000 ")


def test_the_workers_of_rewards_refuse_the_same_characters():
    source = (BACKENDS / "rewards/packages/service/src/schema.ts").read_text()
    [ranges] = re.findall(r"HIDDEN =\s+/\[(.+)\]/u;", source)
    python = re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), ranges)
    assert all(re.search(f"[{python}]", chr(first) + chr(last)) for first, last in HIDDEN)
    assert not re.search(f"[{python}]", "\u200c\u200d я 👩")
