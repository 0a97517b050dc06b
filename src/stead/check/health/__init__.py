"""Health: the one contract of every service, in the description, in its app, and where it runs."""

from stead.check.health import app, description, live
from stead.check.rule import Rule

RULES: tuple[Rule, ...] = (*description.RULES, *app.RULES, *live.RULES)
