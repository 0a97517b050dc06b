#!/bin/sh
set -eu
curl -sS -H "Authorization: Bearer $HOOK_TOKEN" https://hooks.shop.io/deploy
curl -sS -H "Authorization: Bearer $HOOK_TOKEN" http://localhost:8080/deploy
curl -sS -H "Authorization: Bearer $HOOK_TOKEN" "http://vault:8200/v1/sys/mounts"
curl -sS -H "Authorization: Bearer $HOOK_TOKEN" http://10.0.0.7:8200/v1
curl -sS -H "Authorization: Bearer $HOOK_TOKEN" http://orders.shop.svc.cluster.local/v1
curl -sS http://deb.debian.org/debian/README
