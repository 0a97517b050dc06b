#!/usr/bin/env bash
set -euo pipefail
SCRIPT_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
ROOT="$(cd "$SCRIPT_DIR/../.." && pwd)"
ARTIFACTS="$ROOT/backend-infra/backup/artifacts"
source "$SCRIPT_DIR/names.sh"
bash "$ROOT/backend-infra/backup/names.sh"
if [ -f "$ROOT/local.sh" ]; then
  . "$ROOT/local.sh"
fi
[[ -f ./mine.sh ]] && source ./mine.sh
mkdir -p "$ARTIFACTS"
pg_dump shop > "$ARTIFACTS/shop.sql"
cat "$ARTIFACTS/shop.sql"
cat "$1/list.txt" "$HOME/x.txt" /etc/none/hosts
python3 -m tools.list
python3 - <<'END'
open("tools/none.py")
bash none/none.sh
END
cd "$ROOT"
ls ./backend-infra && ./backend-infra/backup/names.sh
cd "$2"
./anything.sh
curl -sf https://example.com/a/b.sh -o got/b.sh && bash got/b.sh
node dist/main.js
echo "run ./none.sh" # ./none.sh
sed -i 's/a/b/' none/none.txt
