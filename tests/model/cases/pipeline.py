"""Pipelines: a registry that is none, deploys to nowhere, values that no forge takes."""

from stead import Artifacts, Backend, Build, Deploy, Environment, Gateway, Github, Gitlab, Health, Route, Service

staging, prod, other = Environment("staging"), Environment("prod"), Environment("other")
web = Service("web", app="shop.web:create", routes=[Route.public("GET", "/v1/things")])
far = Service("far", app="shop.far:create")
edge = Gateway("edge", fronts=[web])
own = Service("own", build=Build("own", args={"A": "x\ny"}), health=Health(probe=("/own",)))  #! PIPELINE002

backend = Backend(  #! BACKEND007
    "shop",
    services=[web, own],
    gateway=edge,
    environments=[Environment("dev"), staging, prod],
    registry="ghcr.io/Example:1",
    pipelines=[
        Github(deploys=[Deploy(staging), Deploy(other)]),  #! PIPELINE003
        Github(file="b.yml", deploys=[Deploy(staging, to="moon")]),  #! PIPELINE003
        Github(file="c.yml", deploys=[Deploy(prod, urls={far: "https://far.example.com"})]),  #! PIPELINE004
        Github(file="d.yml", deploys=[Deploy(prod, urls={edge: "https://a.example.com/?x=1"})]),  #! PIPELINE004
        Github(file="d.yml"),  #! PIPELINE005
        Github(file="e.yml", parts=["everything"]),  #! PIPELINE002
        Github(file="f.yml", branch="-x"),  #! PIPELINE002
        Github(file="g.yml", project="/srv"),  #! PIPELINE002
        Github(file="h.yml", artifacts=Artifacts("make\nmake", ["a b"])),  #! PIPELINE002 PIPELINE002
        Gitlab(),
        Github(file="i.yml", parts=["dependabot", "renovate"]),  #! PIPELINE002
        Gitlab(parts=["labeler"], tags=["a b"], platforms=()),  #! PIPELINE002 PIPELINE002 PIPELINE002 PIPELINE005
    ],
)
