#!/usr/bin/env bash
SCRIPT_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
ROOT="$(git rev-parse --show-toplevel)"
source "$SCRIPT_DIR/names.sh" #! PATH014
bash "$ROOT/tools/list.sh" #! PATH014
python3 tools/list.py --all #! PATH014
./go.sh now #! PATH014
cat "$ROOT/backend-infra/none.txt" | wc -l #! PATH014
cd "$ROOT"
ENV=dev ./backend-infra/run.sh #! PATH014
