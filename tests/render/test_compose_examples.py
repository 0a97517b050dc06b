"""The examples of environment files: every variable, what it is for, and the first steps."""

import re

import stead
from render.compose_files import PLACES, ROOT, files_of
from stead.model import Backend, Environment, Service, Setting
from stead.render.environment_alias import short


def test_examples_name_every_variable_and_say_what_it_is_for():
    backend = stead.load(ROOT / "backends/tigrit")
    files = files_of(backend)
    for place in PLACES:
        example = files[f".env.{place}.example"]
        for variable in set(re.findall(r"\$\{(\w+)", files["compose.yaml"] + files[f"compose.{place}.yaml"])):
            assert re.search(rf"^# .+\n#?{variable}=", example, re.MULTILINE), (place, variable)
        assert set(re.findall(r"^#?(\w+)=", example, re.MULTILINE)) <= set(
            re.findall(r"^#?(\w+)=", files[".env.example"], re.MULTILINE)
        )


def test_the_order_of_the_first_steps_is_said_where_compose_fails():
    """In the example, and in Compose's own words for what nobody gave."""
    backend = stead.load(ROOT / "backends/tigrit")
    files = files_of(backend)
    for environment in backend.environments:
        place = short(environment.name)
        head = files[f".env.{place}.example"].split("\n\n")[0]
        steps = [
            f"Copy this to .env.{place}",
            f"stead render --secrets {environment.name}",
            "docker compose --env-file",
        ]
        assert [head.index(step) for step in steps] == sorted(head.index(step) for step in steps)
    asked = re.search(r"\$\{VERSION:\?([^}]+)\}", files["compose.prod.yaml"])[1]
    assert asked.index(".env.*.example") < asked.index("stead render --secrets") < asked.index("then Compose")


def test_an_example_asks_for_a_secret_that_one_needs_and_another_can_do_without():
    needs = Service("a", command="a", settings=[Setting("TOKEN", secret=True)])
    spares = Service("b", command="b", settings=[Setting("TOKEN", secret=True, default=None)])
    for services in ([needs, spares], [spares, needs]):
        rendered = files_of(Backend("shop", services=services, environments=[Environment("prod")]))
        assert "\nTOKEN=" in rendered[".env.prod.example"]
