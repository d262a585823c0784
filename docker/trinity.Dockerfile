# Everything of ours, in one image: gateway, portal, dashboard door, and the programs that prepare a deployment. Which of them
# a container is, its command says. No key and no address is in it.
#
#   docker build -f docker/trinity.Dockerfile -t trinity-llm .

ARG BASE=node:22-bookworm-slim

FROM ${BASE} AS build
WORKDIR /build
COPY . .
# In a folder made for it, a finished build may lie beside the sources; in the project's own, .dockerignore hides it.
RUN if [ ! -e .next/standalone/server.js ]; then rm -rf dist && node scripts/build-image.mjs; fi

FROM ${BASE}
RUN useradd --system --uid 10001 --user-group --home-dir /app --shell /usr/sbin/nologin trinity \
    # An empty volume takes the owner of the folder it is mounted on.
    && install --directory --owner=trinity --group=trinity --mode=0700 \
         /data /secrets /credentials/gateway /credentials/portal /volumes/gateway /volumes/portal \
    # Whose containers have users of their own.
    && install --directory --owner=trinity --group=trinity --mode=0755 /volumes/postgres /volumes/helicone
WORKDIR /app
COPY docker/compose/entrypoint.sh docker/compose/healthy.mjs /app/docker/
COPY prisma/migrations /app/prisma/migrations
COPY --from=build /build/dist /app/dist
COPY --from=build /build/.next/standalone /app/.next/standalone

ENV NODE_ENV=production \
    NEXT_TELEMETRY_DISABLED=1 \
    DATA_DIR=/data
USER trinity
STOPSIGNAL SIGTERM
ENTRYPOINT ["/bin/sh", "/app/docker/entrypoint.sh"]
CMD ["node", "dist/gateway.mjs"]
