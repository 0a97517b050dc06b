#!/bin/sh
ROOT="$(cd "$(dirname "$0")/../.." && pwd)"
ARTIFACTS="$ROOT/backend-infra/backup/artifacts"
URL="https://example.com/infra/backup"
mkdir -p "$ARTIFACTS" "$URL"
