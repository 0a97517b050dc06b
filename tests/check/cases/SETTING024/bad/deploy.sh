#!/bin/sh
cd orders || exit 1
npx wrangler deploy --env staging --var "VERSION:$SHA" --var ENVIRONMENT:staging #! SETTING024
