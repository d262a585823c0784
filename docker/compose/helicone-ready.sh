#!/bin/sh
# Helicone works if each of its parts does. Its own /healthcheck answers also while its databases are down, so those are
# asked by queries that fail without them, or before their tables are made.
set -eu
ask() { curl --silent --show-error --fail --max-time 5 --output /dev/null "$@"; }
ask --data-binary 'SELECT 1 FROM request_response_rmt LIMIT 0' http://127.0.0.1:8123/
PGPASSWORD=password psql --quiet --no-psqlrc --host=127.0.0.1 --username=postgres --dbname=helicone_test \
  --command='SELECT 1 FROM organization LIMIT 0' >/dev/null
ask http://127.0.0.1:9080/minio/health/live
ask http://127.0.0.1:8585/healthcheck
ask http://127.0.0.1:3000/api/auth/ok
