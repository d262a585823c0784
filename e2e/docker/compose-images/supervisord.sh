#!/bin/sh
# Stands in for supervisord in Helicone's image: ClickHouse's port, and the stand-in for the rest on the image's own ports.
node /app/clickhouse.mjs &
exec node /app/helicone-stand-in.mjs --host 0.0.0.0 --jawn-port 8585 --web-port 3000 --objects-port 9080 \
  --control-port 9999 --upstream http://anthropic:8080
