#!/bin/sh
set -eu
docker compose up --wait
