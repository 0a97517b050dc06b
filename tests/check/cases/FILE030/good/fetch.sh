#!/bin/sh
set -eu
ssh ann@shop.io true
curl -sS https://shop.io/keys.json -o keys.json
curl -fsk https://localhost:8443/health
curl -sS --cacert key.pem https://shop.io -o -
