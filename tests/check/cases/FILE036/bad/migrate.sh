#!/bin/sh
alembic upgrade head  #! FILE036
echo migrated
