#!/bin/sh
set -eu
curl -sS https://shop.io/health  #! FILE038
