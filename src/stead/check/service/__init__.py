"""Services: each has what it starts with, runs somewhere, and is delivered or said to be left out."""

from stead.check.service import (
    command,
    delivery,
    entry,
    environment,
    folder,
    image,
    listen,
    lock,
    module,
    requirement,
    static_files,
)

RULES = (
    *entry.RULES,
    *module.RULES,
    *command.RULES,
    *lock.RULES,
    *requirement.RULES,
    *image.RULES,
    *folder.RULES,
    *environment.RULES,
    *delivery.RULES,
    *listen.RULES,
    *static_files.RULES,
)
