"""Two databases or forms in one setting, a form that there is not, health that depends on what is not needed."""

from stead import Backend, Health, Postgres, Redis, Service

double = Service("double", command="run", needs=[Postgres(), Postgres()])  #! RESOURCE001
sick = Service("sick", command="run", health=Health(depends_on=(Redis(),)))  #! HEALTH001
odd = Service("odd", command="run", needs=[Postgres(parts={"server": "DB_HOST"})])  #! RESOURCE005
twice = Service("twice", command="run", needs=[Redis(parts={"host": "REDIS_URL"})])  #! RESOURCE001
port = Service("port", command="run", needs=[Postgres(parts={"port": "PORT"})])  #! RESOURCE001
well = Service("well", command="run", needs=[Postgres(), Postgres("OTHER_URL")])

backend = Backend("shop", services=[double, sick, odd, twice, port, well])
