"""The job: wait, read, show the difference, apply it, reload. Its exit status is 1 when something could not be done."""

import time
from collections.abc import Callable

from hasura_sync.catalog import read_catalog
from hasura_sync.metadata import Metadata
from hasura_sync.plan import Operation, Options, plan
from hasura_sync.settings import HasuraSyncSettings
from stead.kit.settings import read

Say = Callable[[str], None]


def main() -> int:
    return sync(read(HasuraSyncSettings))


def sync(settings: HasuraSyncSettings, say: Say = print) -> int:
    """Bring Hasura in step, and say what that takes before it is done; SteadError when it cannot begin."""
    until = time.monotonic() + settings.hasura_wait_seconds
    sources = {"project": settings.project_database_url, "tenant": settings.tenant_database_url}
    catalogs = {name: read_catalog(name, url, settings.hasura_schema, until) for name, url in sources.items()}
    with Metadata(settings.hasura_endpoint, settings.hasura_graphql_admin_secret) as hasura:
        hasura.wait(until)
        exported = hasura.export()
        plans = [plan(name, catalog, exported, _options(settings)) for name, catalog in catalogs.items()]
        operations = [operation for each in plans for operation in each.operations]
        left = [text for each in plans for text in each.left]
        _show(operations, left, say)
        if settings.hasura_dry_run or not operations:
            return 0
        wrong = hasura.apply(operations)
        hasura.reload()
    for text in wrong:
        say(f"failed: {text}")
    say(f"{len(operations) - len(wrong)} of {len(operations)} done")
    return 1 if wrong else 0


def _options(settings: HasuraSyncSettings) -> Options:
    return Options(
        schema=settings.hasura_schema,
        untracked=frozenset(settings.hasura_untracked),
        camel_case=settings.hasura_rename_columns_camelcase,
        role=settings.hasura_default_role,
        permissions=settings.hasura_apply_default_permissions,
        replace=settings.hasura_replace_permissions,
    )


def _show(operations: list[Operation], left: list[str], say: Say) -> None:
    for operation in operations:
        say(f"to do: {operation.text}")
    for text in left:
        say(f"left: {text}; HASURA_REPLACE_PERMISSIONS=true takes it away")
    if not operations:
        say("Hasura is in step")
