"""Settings: the code, the description, the env files and the deployment say the same of each value."""

from stead.check.setting import envfile, environment, form, hand, reading, secret

RULES = (
    *reading.RULES,
    *secret.RULES,
    *envfile.RULES,
    *environment.RULES,
    *hand.RULES,
    *form.RULES,
)
