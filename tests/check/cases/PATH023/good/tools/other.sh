#!/bin/sh
set -eu
ROOT="$(cd "$(dirname "$0")/.." && pwd)"
cd "$ROOT/tools"
docker compose -f ../stack/compose.yaml up -d
docker compose version
cd "$ROOT/stack/sub"
docker compose ps
cd "$TARGET"
docker compose up -d
