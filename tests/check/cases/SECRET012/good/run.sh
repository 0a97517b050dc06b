#!/bin/sh
echo "https://x:$TOKEN@git.shop.io" "https://x:${TOKEN}@git.shop.io" "postgres://a:<password>@db.shop.io"
