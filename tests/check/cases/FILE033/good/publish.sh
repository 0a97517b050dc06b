#!/bin/sh
set -eu
git push origin main
git push --force-with-lease origin mine
