"""Generated secrets that a run cannot rotate: a process accepts one value of each, and reads it only at its start."""

from collections.abc import Collection, Iterator

from stead.model.wiring import KEYRING, PRIVATE_KEY
from stead.run.process_settings import ProcessSettings

STAYS = "is unchanged: its readers accept one value, and read it only at their start"
WITH_PASSWORD = ("bucket", "postgres")  # the resources whose address holds a password that the run made


def fixed_secrets(settings: ProcessSettings, rotated: Collection[str]) -> Iterator[str]:
    """Yield each secret that is not among the rotated ones, named after the first process that reads it."""
    named: set[object] = set()
    for process, values in settings.given.items():
        for given in values:
            setting, resource = given.setting, given.resource
            name = f"{process}.{resource.setting if resource else setting.name}"  # not the password within its URL
            key = name if setting.name == PRIVATE_KEY.name else resource or setting.name
            address = resource is not None and resource.kind in WITH_PASSWORD
            generated = setting.secret and given.source == "generated" and setting.name != KEYRING.name
            if (address or generated) and key not in named:
                named.add(key)
                if not {name, setting.name} & set(rotated):
                    yield name
