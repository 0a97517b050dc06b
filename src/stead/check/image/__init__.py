"""Images: which one runs is said exactly, and what is built runs as nobody, stops when told, holds what was locked."""

from stead.check.image import build, build_context, installed, instruction, layer, name, order, own_file

RULES = (
    *name.RULES,
    *build.RULES,
    *instruction.RULES,
    *layer.RULES,
    *own_file.RULES,
    *build_context.RULES,
    *installed.RULES,
    *order.RULES,
)
