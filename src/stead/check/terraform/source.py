"""Terraform's files as the rules read them: by text, since HCL has no parser here; what is written plainly is found."""

import re
from collections.abc import Iterator
from pathlib import Path

from stead.check.context import Context
from stead.model import SourceLocation

DATA = re.compile(
    r"aws_(db_instance|rds_cluster|s3_bucket|dynamodb_table|efs_file_system|kms_key"
    r"|elasticache_replication_group|memorydb_cluster)"
    r"|yandex_(mdb_\w+_cluster(_v2)?|mdb_\w+_database|storage_bucket|ydb_database_\w+|kms_symmetric_key)"
    r"|twc_(database_cluster|database_instance|s3_bucket)|google_(sql_database_instance|storage_bucket)"
)


def sources(context: Context) -> Iterator[tuple[Path, str]]:
    """Yield each file with its text."""
    for path in context.tree.named("*.tf"):
        text = context.tree.text(path)
        if text is not None:
            yield path, text


def place(path: Path, text: str, at: int) -> SourceLocation:
    """Return where a position of a file's text is."""
    return SourceLocation(str(path), text.count("\n", 0, at) + 1, 1)
