"""Values that no target can mean: numbers out of bounds, and names that would have to be quoted."""

from stead import (
    Backend,
    Bucket,
    Clerk,
    Cors,
    Environment,
    Gateway,
    Health,
    Introspection,
    Job,
    Limits,
    Postgres,
    Rate,
    RequestLimits,
    Route,
    Service,
)

none = Service("none", command="run", replicas=0)  #! SERVICE002
less = Service("less", command="run", replicas=-1)  #! SERVICE002
half = Service("half", command="run", replicas=1.5)  #! SERVICE002
idle = Service("idle", command="run", limits=Limits(cpus=0, memory=0, pids=0))  #! LIMIT001 LIMIT001 LIMIT001
large = Service("large", command="run", limits=Limits(memory=256 * 1024 * 1024))  #! LIMIT001
vast = RequestLimits(body=0, headers=1, header_bytes=10**9)  #! LIMIT002 LIMIT002 LIMIT002
wide = Service("wide", command="run", request_limits=vast)
endless = Service("endless", command="run", limits=Limits(cpus=float("nan")))  #! LIMIT001
files = Service("files", command="run", needs=[Bucket(expire_days=-5)])  #! RESOURCE002
quoted = Service("quoted", command="run", health=Health('/up"; x'))  #! HEALTH002
endless_start = Service("endless-start", command="run", health=Health(start_period=-1))  #! HEALTH003
relative = Service("relative", command="run", health=Health("up"))  #! HEALTH002
stored = Service("stored", command="run", needs=[Postgres("1_URL")])  #! SETTING004
routes = Service(
    "routes",
    command="run",
    routes=[
        Route.user("get", "/v1/lower"),  #! ROUTE006
        Route("GET", "/v1/access", "anyone"),  #! ROUTE006
        Route.user("GET", "/v1/x/:id"),  #! ROUTE003
        Route.user("GET", "/v1/y/<id>"),  #! ROUTE003
        Route.user("GET", "/v1/z/{id:int}"),  #! ROUTE003
        Route.user("GET", "/v1/w/{id}/{id}"),  #! ROUTE003
        Route.user("GET", '/v1/v/it"s'),  #! ROUTE003
        Route.user("GET", "/v1/slow", timeout=0),  #! ROUTE005
        Route.user("GET", "/v1/late", timeout=-1.0),  #! ROUTE005
        Route.user("GET", "/v1/roles", roles=("the boss",)),  #! ROUTE007
        Route.user("GET", "/v1/scope", scope="a b"),  #! ROUTE007
        Route.service("GET", "/v1/front", "front"),  #! ROUTE007
        Route.service("GET", "/v1/colon", "read:all"),  #! ROUTE007
    ],
)
sweep = Job("sweep", entry="sweep", runs="daily")  #! JOB001
tokens = Introspection(routes, "pat_", "v1/ask me", operation="front")  #! GATEWAY006

backend = Backend(
    "shop",
    gateway=Gateway(
        "edge",
        users=[Clerk(roles_claim=""), tokens],  #! GATEWAY006
        fronts=[routes],
        cors=Cors(("*", "https://*.com", "https://a.b/", "https://*.b.com")),  #! GATEWAY005 GATEWAY005 GATEWAY005
        rate=Rate(per_second=0, burst=-1),  #! GATEWAY004 GATEWAY004
    ),
    services=[
        *[none, less, half, idle, large, wide, endless, endless_start, files, quoted, relative],
        *[stored, routes],
    ],
    jobs=[sweep],
    environments=[
        Environment("dev"),
        Environment("prod", replicas={none: 0}),  #! ENVIRONMENT003
        Environment("prod", values={Service("gone", command="run"): {}}),  #! ENVIRONMENT002 ENVIRONMENT004
    ],
)
