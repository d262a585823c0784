#!/bin/sh
# What Docker's PostgreSQL image does with its variables, on Debian's packages.
set -eu
run_as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"; }
install --directory --owner=postgres --group=postgres --mode=0700 "$PGDATA"
install --directory --owner=postgres --group=postgres /var/run/postgresql
if [ ! -e "$PGDATA/PG_VERSION" ]; then
  password=/tmp/password
  install --owner=postgres --mode=0400 "$POSTGRES_PASSWORD_FILE" "$password"
  run_as_postgres initdb --pgdata="$PGDATA" --username="$POSTGRES_USER" --pwfile="$password" --encoding=UTF8 \
    --auth-local=trust --auth-host=scram-sha-256 --no-sync >/dev/null
  rm "$password"
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
  run_as_postgres pg_ctl --pgdata="$PGDATA" --options="-c listen_addresses=''" --wait --silent start >/dev/null
  run_as_postgres createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
  run_as_postgres pg_ctl --pgdata="$PGDATA" --wait --silent stop
fi
exec setpriv --reuid=postgres --regid=postgres --init-groups -- postgres -D "$PGDATA" -c listen_addresses='*'
