#!/bin/sh
cd orders || exit 1
# npx wrangler deploy --env staging --var REGION:south is how it was
npx wrangler deploy --env staging --var "VERSION:$SHA" --var ENVIRONMENT:staging
npx wrangler deploy --env staging --var "VERSION:$SHA" --var ENVIRONMENT:staging --var REGION:south --keep-vars
