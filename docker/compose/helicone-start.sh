#!/bin/sh
# Starts Helicone with a secret of this deployment's own. The one that signs its sessions is written down in the image, the
# same for everybody, in a file that beats the environment.
set -eu
settings=/etc/supervisor/conf.d/supervisord.conf
secret="$(cat /run/secrets-of-helicone/helicone-auth-secret)"
sed -i "s/BETTER_AUTH_SECRET=\"[^\"]*\"/BETTER_AUTH_SECRET=\"$secret\"/g" "$settings"
if ! grep -q "BETTER_AUTH_SECRET=\"$secret\"" "$settings"; then
  echo "This image keeps its secret elsewhere than in $settings: it would be the public one. Not started." >&2
  exit 1
fi

# Where browsers reach it: at the door, which is beside the portal unless something else was said.
portal="$(printf '%s' "${TRINITY_PORTAL_URL:-http://localhost}" | sed -E 's#^(https?://(\[[^]]*\]|[^:/]+)).*$#\1#')"
door="$portal:${HELICONE_DOOR_PORT:-3001}"
export BETTER_AUTH_URL="${BETTER_AUTH_URL:-$door}"
export NEXT_PUBLIC_APP_URL="${NEXT_PUBLIC_APP_URL:-$BETTER_AUTH_URL}"
export S3_ENDPOINT_PUBLIC="${S3_ENDPOINT_PUBLIC:-$BETTER_AUTH_URL}"
exec /usr/bin/supervisord -c "$settings"
