"""A service that says nothing of how it starts, one that says it twice, arguments that nothing takes,
ports and schedules that cannot be."""

from stead import Backend, Job, Route, Service

nothing = Service("nothing")  #! SERVICE001
both = Service("both", app="both:app", image="example.com/both:1")  #! SERVICE001
more = Service("more", command="run", args="--fast")  #! SERVICE003
entry = Service("entry", command="run", image="example.com/both:1", args="--fast")
listed = Service("listed", command="run", port="HTTP PORT")  #! SERVICE004
beyond = Service("beyond", command="run", port=70_000)  #! SERVICE004
told = Service("told", app="told:app", port=80)  #! SERVICE004
worker = Service("worker", command="run", port=None, routes=[Route.public("GET", "/v1/x")])  #! SERVICE005
reaching = Service("reaching", command="run", egress=["https://api.example.com"])  #! SERVICE008
outward = Service("outward", command="run", egress=["api.example.com:443", "*.example.com:443"])
signing = Service("signing", command="run", signs=True)
signed = Service("signed", app="signed:app", signs=True)  #! SERVICE009
tired = Job("tired", command="run", cron="0 0 30 2 *")  #! JOB002
eager = Job("eager", command="run", every="soon")  #! JOB002
torn = Job("torn", command="run", every="5m", cron="@daily")  #! JOB002
services = [nothing, both, more, entry, listed, beyond, told, worker, reaching, outward, signing, signed]
backend = Backend("shop", services=services, jobs=[tired, eager, torn])
