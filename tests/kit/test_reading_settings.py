"""Settings at the environment's edge."""

import pytest

from stead.kit.settings import DatabaseSettings, ServiceSettings, SettingsError, read
from stead.model import Settings, secret, var


class Shop(Settings):
    name: str = var(help="What it is called.")
    key: str = secret(help="Opens the till.")
    size: int = var(default=3, minimum=1, help="How large.")
    rate: float = var(default=0.5)
    open: bool = var(default=True)
    doors: tuple[str, ...] = var(default=())
    owner: str | None = var(default=None)
    floor: int | None = var(default=None)


FULL = {"NAME": "corner", "KEY": "k"}


def test_everything_has_its_type():
    said = {"SIZE": "7", "RATE": "1.5", "OPEN": "no", "DOORS": "front, back,", "OWNER": "Ann", "FLOOR": "2"}
    shop = read(Shop, FULL | said)
    assert (shop.name, shop.key, shop.size, shop.rate, shop.open) == ("corner", "k", 7, 1.5, False)
    assert (shop.doors, shop.owner, shop.floor) == (("front", "back"), "Ann", 2)


def test_what_is_left_out_or_empty_has_its_default():
    shop = read(Shop, FULL | {"SIZE": "", "OWNER": "", "DOORS": ""})
    assert (shop.size, shop.owner, shop.doors, shop.floor) == (3, None, (), None)


def test_all_that_is_wrong_is_named_at_once():
    with pytest.raises(SettingsError) as error:
        read(Shop, {"NAME": "", "SIZE": "0", "RATE": "fast", "OPEN": "perhaps", "FLOOR": "top"})
    assert error.value.problems == (
        "NAME is missing; expected text. What it is called.",
        "KEY is missing; expected text. Opens the till.",
        "SIZE is '0'; expected a whole number, at least 1. How large.",
        "RATE is 'fast'; expected a number.",
        "OPEN is 'perhaps'; expected true or false.",
        "FLOOR is 'top'; expected a whole number.",
    )
    assert str(error.value).startswith("6 settings are wrong:\n  NAME")


class Vault(Settings):
    pin: int = secret(help="Digits.")


def test_a_secret_is_never_shown():
    with pytest.raises(SettingsError) as error:
        read(Vault, {"PIN": "hunter2"})
    assert str(error.value) == "1 setting is wrong:\n  PIN is malformed; expected a whole number. Digits."
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None


def test_a_long_value_is_cut():
    with pytest.raises(SettingsError) as error:
        read(Shop, FULL | {"SIZE": "9" * 50 + "x" * 500})
    assert len(str(error.value)) < 200


def test_the_process_s_own_environment_is_the_usual_source(monkeypatch):
    monkeypatch.setenv("SERVICE_NAME", "points-service")
    monkeypatch.setenv("PORT", "8123")
    settings = read(ServiceSettings)
    assert (settings.service_name, settings.port, settings.environment) == ("points-service", 8123, "dev")


def test_a_database_s_url_is_no_part_of_what_is_printed():
    settings = read(DatabaseSettings, {"SERVICE_NAME": "s", "DATABASE_URL": "postgresql://me:hunter2@h/d"})
    assert "hunter2" not in repr(settings)
