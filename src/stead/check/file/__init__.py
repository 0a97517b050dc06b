"""Files: each can be read as what it is named, and run where it is run."""

from stead.check.file import content, make_target, migration, pipeline, risky_command, script, start

RULES = (
    *content.RULES,
    *start.RULES,
    *script.RULES,
    *pipeline.RULES,
    *risky_command.RULES,
    *make_target.RULES,
    *migration.RULES,
)
