#!/bin/sh
# Stands in for the client of Helicone's own PostgreSQL.
[ ! -e /tmp/postgres-is-down ]
