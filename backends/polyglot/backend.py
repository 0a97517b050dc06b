"""Polyglot: a front end, services in five languages, a worker and a schedule, and no line of Stead's in any.

What each may be asked, by whom and for what is said here alone. A proxy in front of each program holds it, and puts the
service token into each declared call that goes out.
"""

from stead import Backend, Bucket, Clerk, Gateway, Github, Gitlab, Health, Job, Route, Service

OWN = Health("/healthz", contract=False)

prices = Service(  # Go
    "prices",
    command="go run .",
    folder="prices",
    health=OWN,
    routes=[Route.public("GET", "/v1/prices"), Route.service("GET", "/v1/prices/{item}", "read")],
)
receipts = Service(  # Java
    "receipts",
    command="java Receipts.java",
    folder="receipts",
    health=OWN,
    routes=[Route.service("POST", "/v1/receipts", "write")],
)
orders = Service(  # Node
    "orders",
    command="node orders.mjs",
    folder="orders",
    health=OWN,
    calls=[prices.may("read"), receipts.may("write")],
    routes=[
        Route.user("POST", "/v1/orders"),
        Route.user("GET", "/v1/orders"),
        Route.user("DELETE", "/v1/orders", roles=("clerk",)),
    ],
)
reviews = Service(  # FastAPI
    "reviews",
    app="reviews.main:app",
    routes=[
        Route.public("GET", "/v1/reviews"),
        Route.user("POST", "/v1/reviews"),
        Route.public("GET", "/v1/reviews/live", websocket=True),
    ],
)
bucket = Bucket(
    "PICTURES_URL",
    parts={"endpoint": "BUCKET_ENDPOINT", "name": "BUCKET_NAME", "key": "BUCKET_KEY", "secret": "BUCKET_SECRET"},
)
pictures = Service(  # Node
    "pictures",
    command="node pictures.mjs",
    folder="pictures",
    health=OWN,
    needs=[bucket],
    routes=[
        Route.user("POST", "/v1/pictures", body="2MiB", timeout=20),
        Route.public("GET", "/v1/pictures/{id}", timeout=20),
    ],
)
labels = Service(  # Ruby
    "labels",
    command="ruby labels.rb",
    folder="labels",
    health=OWN,
    calls=[prices.may("read")],
    routes=[Route.public("GET", "/v1/labels/{item}")],
)

web = Service("web", static="web")  # HTML and JavaScript

watcher = Service("watcher", command="node watcher.mjs", folder="watcher", calls=[prices.may("read")], port=None)
summary = Job("summary", command="node summary.mjs", folder="watcher", calls=[prices.may("read")], every="10m")

backend = Backend(
    "polyglot",
    services=[labels, orders, pictures, prices, receipts, reviews, watcher, web],
    jobs=[summary],
    gateway=Gateway("gateway", fronts=[labels, orders, pictures, prices, reviews, web], users=[Clerk()]),
    folder="backends/polyglot",
    registry="ghcr.io/polyglot",
    pipelines=[Github(), Gitlab(tags=["saas-linux-small-amd64"])],
)
