#!/bin/sh
ROOT="$(cd "$(dirname "$0")/../.." && pwd)"
ARTIFACTS="$ROOT/infra/backup/artifacts" #! PATH020
mkdir -p "$ARTIFACTS"
