#!/bin/sh
set -eu
cd orders
npx wrangler deploy --dry-run
npx wrangler deploy --env staging \
    --var "VERSION:$SHA" # the commit
