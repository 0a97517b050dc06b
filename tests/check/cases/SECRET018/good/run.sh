#!/bin/sh
set -eu
export PGPASSWORD="$PASSWORD"
psql -p 5432 shop
curl -u "ann" --netrc https://shop.io
mysql -p shop
tool --password-file /run/secrets/password --token-ttl 5
docker run -p 80:80 --rm shop
docker build --build-arg VERSION="$VERSION" .
tool --token
docker build --secret id=npm,env=NPM_TOKEN .
