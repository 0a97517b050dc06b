#!/bin/sh
set -eu
alembic upgrade head
echo migrated
