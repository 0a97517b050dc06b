"""Values of another type than their field's: a name where an object belongs."""

from stead import Backend, Call, Environment, Gateway, Infrastructure, Kubernetes, Route, Service, Setting

a = Service("a", command="run", calls=["b"])  #! BACKEND006
b = Service("b", command="run", calls=[a])  #! BACKEND006
c = Service("c", command="run", needs="postgres")  #! BACKEND006
d = Service("d", command="run", routes=["GET /v1/d"])  #! BACKEND006
e = Service("e", command="run", calls=[Call(lambda: nowhere, ("read",))])  # noqa: F821 #! CALL006
f = Service("f", command="run", calls=[Call("a", ("read",))])  #! CALL006
g = Service("g", command="run", health="/up", limits={"cpus": 1})  #! BACKEND006 BACKEND006
h = Service("h", command="run", settings=["NAME"])  #! BACKEND006
i = Service("i", command="run", settings=Setting)  #! BACKEND006
j = Service("j", command="run", routes=[Route.user("GET", "/v1/j", roles="boss")])  #! BACKEND006
k = Service("k", command="run", values={1: 2})  #! BACKEND006

edge = Gateway("edge", users="clerk", fronts=["a"], cors=["https://a.b.c"])  #! BACKEND006 BACKEND006 BACKEND006
dev = Environment("dev", values={"a": {}}, replicas={"a": 2}, without="a")  #! BACKEND006 BACKEND006 BACKEND006
one = Infrastructure("aws", nodes="x", disk="20", dns_zone=5)  #! BACKEND006 BACKEND006 BACKEND006
two = Infrastructure("aws", nodes=1.5, disk=True, external="registry")  #! BACKEND006 BACKEND006 BACKEND006
three = Infrastructure(5, sizes={"postgres": 5}, external=5)  #! BACKEND006 BACKEND006 BACKEND006
made = [Environment(name, infrastructure=each) for name, each in (("one", one), ("two", two), ("three", three))]
four = Environment("four", infrastructure="aws")  #! BACKEND006
place = Kubernetes("five", host=5, servers={"redis": 6379}, autoscale={a: 3})  #! BACKEND006 BACKEND006 BACKEND006
five = Environment("five", kubernetes=place)
backend = Backend(  #! BACKEND006 BACKEND006
    "shop",
    gateway=edge,
    services=[a, b, c, d, e, f, g, h, i, j, k, "l"],
    jobs=["m"],
    environments=[dev, *made, four, five],
)
