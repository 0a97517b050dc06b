#!/bin/sh
cat dist/main.js ./local.toml
