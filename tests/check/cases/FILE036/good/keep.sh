#!/bin/bash
set -uo pipefail -e
pg_dump shop > "$1"
echo "kept"
