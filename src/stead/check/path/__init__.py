"""Paths: what a document links to, and what a script, a Makefile, a pipeline or a Compose file names, is there."""

from stead.check.path import document, named, place

RULES = (*document.RULES, *named.RULES, *place.RULES)
