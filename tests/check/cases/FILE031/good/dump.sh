#!/bin/sh
set -eu
pg_dump shop > shop.sql
gzip shop.sql
