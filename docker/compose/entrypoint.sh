#!/bin/sh
# What a container of ours is told, made ready for its program.
set -eu

# Compose hands on what is not set as an empty text. For us that is the same, not for every library.
for name in $(env | sed -n 's/^\([A-Z][A-Z0-9_]*\)=$/\1/p'); do unset "$name"; done

# Secrets come in files that only their container has: NAME_FILE says in which file NAME is, unless NAME is set.
for name in DATABASE_URL NEXTAUTH_SECRET GATEWAY_INTERNAL_TOKEN; do
  eval "value=\${$name:-} file=\${${name}_FILE:-}"
  if [ -z "$value" ] && [ -n "$file" ]; then
    value="$(cat "$file")"
    export "$name=$value"
  fi
done

# NextAuth reads it by itself, and knows no default.
export NEXTAUTH_URL="${NEXTAUTH_URL:-http://localhost:${PORTAL_PORT:-3000}}"

exec "$@"
