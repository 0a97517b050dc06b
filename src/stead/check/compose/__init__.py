"""Compose: what runs in containers can be reached by whom it is meant for, does what it may, and is well."""

from stead.check.compose import (
    address,
    clash,
    completeness,
    environment,
    exposure,
    form,
    hardening,
    health,
    key,
    own_file,
    own_service,
    runtime,
    secret,
)

RULES = (
    *exposure.RULES,
    *hardening.RULES,
    *health.RULES,
    *environment.RULES,
    *secret.RULES,
    *completeness.RULES,
    *address.RULES,
    *runtime.RULES,
    *own_file.RULES,
    *own_service.RULES,
    *form.RULES,
    *key.RULES,
    *clash.RULES,
)
