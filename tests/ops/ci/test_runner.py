"""A script of a job on this machine: when it ends, so does what it left in the background."""

import os
import time

from stead.ops.ci.process import masked


def test_a_script_that_leaves_a_server_in_the_background_ends_when_it_ends(tmp_path, capfd):
    begun = time.monotonic()
    words = ["bash", "-c", "sleep 60 & echo the key is s3cret"]
    outcome = masked("serve", words, tmp_path, {"PATH": os.environ["PATH"]}, ("s3cret",))
    assert (outcome.status, time.monotonic() - begun < 30) == (0, True)
    assert capfd.readouterr().out == "the key is ***\n"
