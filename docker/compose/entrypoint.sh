#!/bin/sh
# Secrets come in files that only their container has: NAME_FILE says in which file NAME is, unless NAME is set.
set -eu
for name in DATABASE_URL NEXTAUTH_SECRET GATEWAY_INTERNAL_TOKEN; do
  eval "value=\${$name:-} file=\${${name}_FILE:-}"
  if [ -z "$value" ] && [ -n "$file" ]; then export "$name=$(cat "$file")"; fi
done
exec "$@"
