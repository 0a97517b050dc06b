#!/bin/sh
set -eu
docker compose down --volumes
