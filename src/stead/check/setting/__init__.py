"""Settings: the code, the description, the env files and the deployment say the same of each value."""

from stead.check.setting import envfile, environment, form, manual_override, secret, usage, written_value

RULES = (
    *usage.RULES,
    *secret.RULES,
    *envfile.RULES,
    *environment.RULES,
    *manual_override.RULES,
    *form.RULES,
    *written_value.RULES,
)
