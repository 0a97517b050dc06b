"""How a description says who vouches for users, and what the process is then told."""

import pytest

from stead import Clerk, Postgres, Redis, Service
from stead.kit.settings import SettingsError
from stead.model import Call, Route
from stead.model.setting import REQUIRED, Dev
from stead.services import auth, points, referrals, secrets
from stead.services.auth import BOT_TOKEN, Jwt, Telegram
from stead.services.auth.settings_loader import load_settings

VAULT = secrets.service(holds=[BOT_TOKEN])
GAME = Service("game", app="x:y", routes=[Route.service("POST", "/v1/users/ensure", "ensure")], contract="users")
ENSURE = Call(lambda: GAME, ("ensure",), because="it is meant")
CLERKS = {
    "CLERK_ISSUER",
    "CLERK_JWKS_URL",
    "CLERK_JWT_SECRET",
    "CLERK_AUTHORIZED_PARTIES",
    "CLERK_WEBHOOK_SECRET",
    "POINTS_SERVICE_URL",
    "POINTS_SERVICE_NAME",
    "REFERRAL_SERVICE_URL",
    "REFERRAL_SERVICE_NAME",
    "TOKEN_SERVICE_URL",
    "TOKEN_SERVICE_NAME",
    "AUTH_WELCOME_POINTS",
    "AUTH_FIRST_LOGIN_POINTS",
    "AUTH_REFERRER_POINTS",
    "AUTH_REFEREE_POINTS",
    "DATABASE_URL",
    "DATABASE_POOL",
}
EVERYONES = {
    "ENVIRONMENT",
    "VERSION",
    "SERVICE_NAME",
    "PORT",
    "SERVICE_JWT_SECRET",
    "SERVICE_JWT_KEYS",
    "MAX_BODY_BYTES",
    "MAX_HEADERS",
    "MAX_HEADER_BYTES",
    "LOG_LEVEL",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
}


def settings(service):
    found = {setting.name: setting for setting in service.declared}
    assert len(found) == len(service.declared)
    return found


def paths(service):
    return [str(route) for route in service.routes]


def test_with_nothing_said_it_is_clerk_and_told_what_it_always_was():
    ledger, invites = points.service(), referrals.service()
    people = auth.service("auth-service", calls=[ledger.may("award"), invites.may("attribute")])
    assert set(settings(people)) == CLERKS | EVERYONES
    assert [type(need) for need in people.needs] == [Postgres]
    assert paths(people) == ["POST /v1/webhooks/clerk", "GET /v1/me", "POST /v1/verify"]


def test_with_telegram_alone_it_needs_nothing():
    who = auth.service(users=[Telegram(max_age=60)], calls=[ENSURE])
    told_of = settings(who)
    assert who.needs == ()
    assert paths(who) == ["POST /v1/verify", "POST /v1/users/ensure"]
    assert who.values == {"AUTH_PROVIDERS": ("telegram",)}
    assert told_of["TELEGRAM_MAX_AGE_SECONDS"].default == 60
    token = told_of["TELEGRAM_BOT_TOKEN"]
    assert (token.default, token.dev, token.secret) == (REQUIRED, Dev.BOT_TOKEN, True)


def test_a_token_from_a_secrets_service_is_not_made_here():
    who = auth.service(users=Telegram(), calls=[VAULT.may("read", keys=["TELEGRAM_BOT_TOKEN"])])
    token = settings(who)["TELEGRAM_BOT_TOKEN"]
    assert (token.default, token.dev, token.secret) == (None, None, True)


def test_for_third_parties_there_is_no_token():
    assert "TELEGRAM_BOT_TOKEN" not in settings(auth.service(users=Telegram(bot_ids=(1, 2))))


def test_an_issuer_is_told_of_by_settings_of_its_own():
    shared, published = Jwt("https://a.test", "api", "HS256", name="a"), Jwt("https://b.test", "api", name="b")
    with pytest.raises(ValueError, match="prefix='a:'"):
        auth.service(users=[shared, published])
    who = settings(auth.service(users=[Jwt("https://a.test", "api", "HS256", name="a", prefix="a:"), Telegram()]))
    assert who["AUTH_A_ISSUER"].default == "https://a.test"
    assert (who["AUTH_A_SECRET"].default, who["AUTH_A_SECRET"].secret) == (REQUIRED, True)
    assert "AUTH_A_KEYS_URL" not in who
    alone = settings(auth.service(users=published))
    assert alone["AUTH_B_KEYS_URL"].default is REQUIRED
    assert "AUTH_B_SECRET" not in alone


def test_a_store_is_needed_where_it_is_given():
    store = Redis()
    assert auth.service(users=Telegram(), store=store).needs == (store,)
    assert [type(one) for one in auth.service(users=[Clerk(), Telegram()], store=store).needs] == [Postgres, Redis]


def test_what_makes_no_sense_is_said_at_once():
    for users, said in {
        (): "needs an identity provider",
        (Telegram(), Telegram()): "two providers are named telegram",
        (Clerk(), Clerk()): "two providers are named clerk",
        (Jwt("a", "x"), Jwt("b", "x")): "two providers are named jwt",
    }.items():
        with pytest.raises(ValueError, match=said):
            auth.service(users=users)
    for name in ("", "Telegram", "telegram", "clerk", "a-b", "a b"):
        with pytest.raises(ValueError, match="cannot name"):
            Jwt("a", "x", name=name)


def test_places_are_the_users_own():
    assert Telegram().where.file == Jwt("a", "x").where.file == __file__


BASE = {"SERVICE_NAME": "auth"}
TOLD = {"AUTH_PROVIDERS": "telegram", **BASE}


def wrong(**environ):
    with pytest.raises(SettingsError) as stopped:
        load_settings({**BASE, **environ})
    return str(stopped.value)


def test_without_a_token_and_without_a_secrets_service_both_ways_are_named():
    said = wrong(AUTH_PROVIDERS="telegram")
    assert "TELEGRAM_BOT_TOKEN is missing; set it" in said
    assert 'vault.may("read", keys=["TELEGRAM_BOT_TOKEN"])' in said
    assert load_settings({**TOLD, "SECRETS_SERVICE_URL": "http://vault"}).telegram
    assert load_settings({**TOLD, "TELEGRAM_BOT_TOKEN": "42:x"}).telegram
    assert load_settings({**TOLD, "TELEGRAM_BOT_IDS": "42,43"}).telegram.telegram_bot_ids == (42, 43)


def test_all_that_is_wrong_with_all_of_them_is_said_at_once():
    said = wrong(
        AUTH_PROVIDERS="clerk, telegram, a, b, c",
        TELEGRAM_PUBLIC_KEY="zz",
        TELEGRAM_MAX_AGE_SECONDS="0",
        AUTH_A_ALGORITHM="HS256",
        AUTH_A_ISSUER="a",
        AUTH_A_AUDIENCE="x",
        AUTH_A_SECRET="too short",
        AUTH_B_ISSUER="b",
        AUTH_B_AUDIENCE="x",
        AUTH_B_ALGORITHM="none",
    )
    assert [name for name in ("CLERK_ISSUER", "DATABASE_URL", "TELEGRAM_MAX_AGE_SECONDS") if name not in said] == []
    assert [name for name in ("AUTH_A_SECRET", "AUTH_B_ALGORITHM is 'none'", "AUTH_C_ISSUER") if name not in said] == []
    assert "too short" not in said.replace("is too short", "")
    assert "SERVICE_NAME" not in said


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"AUTH_PROVIDERS": "telegram", "TELEGRAM_BOT_IDS": "x"}, "TELEGRAM_BOT_IDS is 'x'"),
        ({"TELEGRAM_BOT_TOKEN": "42:x", "TELEGRAM_PUBLIC_KEY": "00"}, "TELEGRAM_PUBLIC_KEY is malformed"),
        ({"AUTH_PROVIDERS": "a", "AUTH_A_ISSUER": "a", "AUTH_A_AUDIENCE": "x"}, "AUTH_A_KEYS_URL is missing"),
        (
            {"AUTH_PROVIDERS": "a", "AUTH_A_ISSUER": "a", "AUTH_A_AUDIENCE": "x", "AUTH_A_KEYS_URL": "ftp://x"},
            "AUTH_A_KEYS_URL is missing or malformed",
        ),
        (
            {"AUTH_PROVIDERS": "a", "AUTH_A_ISSUER": "a", "AUTH_A_AUDIENCE": "x", "AUTH_A_ALGORITHM": "HS256"},
            'keys=["AUTH_A_SECRET"]',
        ),
    ],
)
def test_what_could_verify_nothing_is_said(environ, said):
    assert said in wrong(**{"AUTH_PROVIDERS": "telegram", **environ})


async def test_it_does_not_start(described):
    with pytest.raises(SettingsError, match="TELEGRAM_BOT_TOKEN"):
        async with described(Telegram()):
            raise AssertionError("it started")
