"""A service with two databases; each has a setting of its own."""

from stead import Backend, Postgres, Service

reports = Service("reports", command="node reports.js", needs=[Postgres(), Postgres("ARCHIVE_DATABASE_URL")])

backend = Backend("shop", services=[reports])
