#!/usr/bin/env bash
# Dumps the database of the Compose project into backend-infra/backup/artifacts.
set -euo pipefail
ROOT_DIR="$(cd "$(dirname "$0")/../.." && pwd)"
ARTIFACTS_DIR="$ROOT_DIR/backend-infra/backup/artifacts"
mkdir -p "$ARTIFACTS_DIR"
docker exec aquastream-postgres-1 pg_dump -U aquastream -Fc aquastream > "$ARTIFACTS_DIR/aquastream.dump"
