"""The kill campaign: processes are killed, stopped and cut off while the story is played; nothing is lost or doubled.

The story asks again what was not answered, as a good client does, and every user must have exactly the points that it
gives. In the end the ledger is replayed, no message waits, and nothing has grown. `make campaign` goes on for longer.
"""

import pytest

from campaign.disturbance import KINDS
from campaign.run import campaign

KILLS = 100
SECONDS = 150  # at the most


@pytest.mark.timeout(600)
async def test_nothing_is_lost_and_nothing_is_doubled(rewards):
    result = await campaign(rewards.folder, kills=KILLS, seconds=SECONDS, seed=20)
    assert result.faults == []
    assert result.done.total() == KILLS
    assert set(result.done) == {kind.name for kind in KINDS}
    assert result.played.stories >= 5
