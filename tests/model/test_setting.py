"""A Settings class is a list of Setting, and never shows a secret."""

from stead import Dev, Setting, Settings, secret, var
from stead.model.setting import REQUIRED


class ShopSettings(Settings):
    shop_limit: int = var(default=5, help="How many.", minimum=1)
    shop_key: str = secret(help="The key.")
    shop_ratio: float | None = var(default=None)
    shop_origins: tuple[str, ...] = var(default=())
    shop_name: str = var(dev=Dev.ISSUER)


def test_declared():
    assert ShopSettings.declared() == (
        Setting("SHOP_LIMIT", int, 5, "How many.", minimum=1),
        Setting("SHOP_KEY", str, REQUIRED, "The key.", secret=True, dev=Dev.RANDOM),
        Setting("SHOP_RATIO", float, None),
        Setting("SHOP_ORIGINS", tuple, ()),
        Setting("SHOP_NAME", str, dev=Dev.ISSUER),
    )


def test_a_secret_is_never_shown():
    shown = repr(ShopSettings(shop_key="hunter2", shop_name="x"))
    assert "hunter2" not in shown
    assert "shop_limit=5" in shown


def test_settings_are_inherited():
    class More(ShopSettings):
        more: bool = var(default=False)

    assert [setting.name for setting in More.declared()][-1] == "MORE"
    assert len(More.declared()) == 6
