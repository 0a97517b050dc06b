"""Paths: what a document links to, and what a script, a Makefile, a pipeline or a Compose file names, is there."""

from stead.check.path import compose_folder, document, filesystem, named_path

RULES = (*document.RULES, *named_path.RULES, *filesystem.RULES, *compose_folder.RULES)
