#!/bin/sh
. "${SETUP:?}"
alembic upgrade head
echo migrated
