#!/bin/bash
# What the official image does on its first start, as far as these tests need it.
set -euo pipefail
export PGDATA=/var/lib/postgresql/18/docker PATH=/opt/pg/bin:$PATH
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    mkdir -p "$PGDATA"
    read -ra more <<<"${POSTGRES_INITDB_ARGS:-}"
    initdb --pgdata="$PGDATA" --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" "${more[@]}"
    echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
fi
exec "$@" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
