#!/bin/sh
set -eu
pg_dump shop | gzip > shop.gz  #! FILE031
