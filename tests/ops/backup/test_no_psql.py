"""A container without psql: what its start says is told, and no traceback is."""

import os

import pytest

from stead.ops.backup.error import PipelineError
from stead.ops.backup.server import query

SAID = 'OCI runtime exec failed: exec: "psql": executable file not found in $PATH: unknown'


class WithoutPsql:
    shown = "postgres"

    def command(self, program, *arguments):
        return ["sh", "-c", f"echo '{SAID}'; cat >/dev/null; exit 127"]

    def environ(self):
        return dict(os.environ)


def test_a_container_without_psql_says_so_in_its_own_words():
    with pytest.raises(PipelineError, match=r"psql: OCI runtime exec failed.*executable file not found"):
        query(WithoutPsql(), "shop", "SELECT 1")
