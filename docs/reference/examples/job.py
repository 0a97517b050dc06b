"""A job that loads the catalogue before the services start."""

from stead import Backend, Job, Postgres, Service

catalogue = Postgres()
load_catalogue = Job("load-catalogue", command="node load.js", runs="before", needs=[catalogue])

backend = Backend(
    "shop", services=[Service("catalog", command="node main.js", needs=[catalogue])], jobs=[load_catalogue]
)
