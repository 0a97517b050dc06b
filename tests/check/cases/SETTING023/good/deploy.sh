#!/bin/sh
cd orders || exit 1
# npx wrangler deploy --env staging --var VERSION:1 is how it was
npx wrangler deploy --env staging --var ENVIRONMENT:staging
npx wrangler deploy --env staging --var "VERSION:$SHA" --keep-vars
