#!/bin/sh
set -eu
curl -u "ann:$PASSWORD" https://shop.io #! SECRET018
mysql -p"$PASSWORD" shop #! SECRET018
helm upgrade app ./app --password="$PASSWORD" #! SECRET018
docker build --build-arg NPM_TOKEN="$NPM_TOKEN" . #! SECRET018
