"""Images that nobody says where to push."""

from stead import Backend, Deploy, Environment, Github, Gitlab, Service

staging = Environment("staging")
backend = Backend(
    "shop",
    services=[Service("web", app="shop.web:create")],
    environments=[Environment("dev"), staging],
    pipelines=[
        Github(),  #! PIPELINE001
        Github(file="workers.yml", deploys=[Deploy(staging, to="workers")]),
        Gitlab(deploys=[Deploy(staging)]),  #! PIPELINE001
    ],
)
