"""Files: each can be read as what it is named, and run where it is run."""

from stead.check.file import content, pipeline, script, start

RULES = (*content.RULES, *start.RULES, *script.RULES, *pipeline.RULES)
