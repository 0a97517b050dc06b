"""Two databases in one setting, and health that depends on what is not needed."""

from stead import Backend, Health, Postgres, Redis, Service

double = Service("double", command="run", needs=[Postgres(), Postgres()])  #! RESOURCE001
sick = Service("sick", command="run", health=Health(depends_on=(Redis(),)))  #! HEALTH001
well = Service("well", command="run", needs=[Postgres(), Postgres("OTHER_URL")])

backend = Backend("shop", services=[double, sick, well])
