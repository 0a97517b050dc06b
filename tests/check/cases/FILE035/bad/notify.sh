#!/bin/sh
set -eu
curl -sS -H "Authorization: Bearer $HOOK_TOKEN" http://hooks.shop.io/deploy  #! FILE035
curl -sS http://hooks.shop.io/deploy \
    --data "key=$HOOK_SECRET"
