#!/bin/sh
set -eu
curl -fsS https://shop.io/health
curl -sS --fail https://shop.io/health
curl -sS -w '%{http_code}' https://shop.io/health
curl -sS https://shop.io/health | grep ok
curl -sS https://shop.io/list
