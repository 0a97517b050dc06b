"""Descriptions made up: services in every language, jobs, resources, calls, environments, and values of every kind."""

from hypothesis import strategies as st

from stead.model import (
    Backend,
    Bucket,
    Call,
    Clerk,
    Environment,
    Gateway,
    Health,
    Job,
    Limits,
    Postgres,
    Redis,
    Route,
    Service,
    Setting,
)

ODD = [
    "it's",
    'a "b"',
    "$HOME",
    "${X:?no}",
    "$$",
    "a b",
    " a ",
    "ключ",
    "雪🐘",
    "two\nlines",
    "a\\b",
    "#x",
    "- a: b",
    "yes",
    "0.10",
]
values = st.sampled_from(ODD) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
ways = st.sampled_from(
    [
        {"app": "shop.app:create"},
        {"command": ["node", "dist/main.js"]},
        {"command": ["java", "-jar", "build/app.jar"]},
        {"command": ["go", "run", "./cmd/x"]},
        {"command": ["python", "serve.py"]},
        {"command": ["./serve", "--fast"]},
        {"image": "registry.example/x@sha256:" + "a" * 64, "health": Health(probe=("true",))},
    ]
)


@st.composite
def backends(draw, most=6):
    """A backend that is usable; later services may call earlier ones, so that there are calls and no circles."""
    shared = [Postgres(), Redis()]
    services = []
    for number in range(draw(st.integers(1, most))):
        services.append(_service(draw, f"w{number}", services, shared))
    jobs = [_job(draw, f"j{number}", shared) for number in range(draw(st.integers(0, 2)))]
    fronts = [service for service in services if any(route.access != "service" for route in service.routes)]
    gateway = Gateway("edge", users=[Clerk()], fronts=fronts)
    return Backend("shop", services=services, gateway=gateway, jobs=jobs, environments=_environments(draw, services))


def _service(draw, name, others, shared):
    settings = [
        Setting(f"{name.upper()}_TEXT"),
        Setting("KEY", secret=True),
        Setting(f"{name.upper()}_OPT", default=None),
    ]
    called = draw(st.lists(st.sampled_from(others), unique_by=id, max_size=3)) if others else []
    return Service(
        name,
        **draw(ways),
        settings=settings,
        values={f"{name.upper()}_TEXT": draw(values)},
        needs=draw(st.sampled_from([[], [Postgres()], shared, [Bucket(versioned=True), Redis()]])),
        calls=[Call(other, ("ask",)) for other in called],
        routes=[Route.user("GET", f"/v1/{name}"), Route.service("POST", f"/v1/{name}", "ask")],
        replicas=draw(st.integers(1, 3)),
        limits=Limits(memory=draw(st.integers(64, 512))),
    )


def _job(draw, name, shared):
    way = draw(st.sampled_from([{"entry": "shop.jobs:run"}, {"command": ["node", "job.js"]}]))
    return Job(name, **way, runs=draw(st.sampled_from(["before", "after", "beside"])), needs=[shared[0]])


def _environments(draw, services):
    given = {services[0]: {"W0_TEXT": draw(values)}}
    last = services[-1]
    free = len(services) > 1 and draw(st.booleans())
    return [
        Environment("dev"),
        Environment("staging", given, without=[last] if free else []),
        Environment("prod", replicas={services[0]: draw(st.integers(1, 4))}),
    ]
