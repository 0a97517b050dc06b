#!/bin/sh
set -eu
cd orders
npx wrangler deploy --env staging #! SERVICE026
npx wrangler deploy --env staging --var "VERSION:$SHA" #! SERVICE026
