"""Secrets: none is in the repository, in an image, in a pipeline's text, or in a commit of the past."""

from stead.check.secret import container, declared, history, text

RULES = (*text.RULES, *container.RULES, *declared.RULES, *history.RULES)
