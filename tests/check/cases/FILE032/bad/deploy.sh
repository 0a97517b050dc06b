#!/bin/sh
set -eu
docker compose down --volumes  #! FILE032
docker compose up --wait
