# An agent: Claude Code behind its server, as a user without rights. No key and no address is in it; a container gets
# them when it is made.
#
#   docker build -f docker/agent.Dockerfile -t trinity-llm-agent .
#
# dist/agent-server.mjs must have been built (`npm start` does it, or `node scripts/build.mjs`).
#
# Without a network: any base that has Node, and the program of Claude Code under the name `claude-code` beside
# package.json, which is then used instead of npm:
#
#   cp -L "$(command -v claude)" claude-code
#   docker build -f docker/agent.Dockerfile -t trinity-llm-agent --build-arg BASE=… --build-arg PACKAGES= .

ARG BASE=node:22-bookworm-slim
FROM ${BASE}

# What agents work with, from Debian. Empty: nothing is fetched.
ARG PACKAGES="ca-certificates curl git procps ripgrep"
RUN if [ -n "$PACKAGES" ]; then \
      apt-get update \
      && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $PACKAGES \
      && rm -rf /var/lib/apt/lists/*; \
    fi

# The name, id and home of the user in Trinity's agents. A base may have given the id to a user of its own.
RUN if ! id developer >/dev/null 2>&1; then \
      taken="$(getent passwd 1000 | cut -d: -f1)" \
      && if [ -n "$taken" ]; then userdel --remove "$taken" 2>/dev/null; fi \
      && useradd --uid 1000 --create-home --shell /bin/bash developer; \
    fi \
    && install --directory --owner=developer --group=developer /home/developer/workspace \
    && install --directory --owner=root --group=root /etc/claude-code

# A pattern that may match nothing, beside a file that is there: so both builders of Docker accept a missing program.
COPY docker/agent-init.sh claude-cod[e] /opt/trinity-agent/
ARG CLAUDE_CODE_VERSION=2.1.330
RUN cd /opt/trinity-agent \
    && if [ ! -e claude-code ]; then \
         npm install --prefix /tmp/claude-code --no-audit --no-fund "@anthropic-ai/claude-code@$CLAUDE_CODE_VERSION" \
         && cp --dereference /tmp/claude-code/node_modules/.bin/claude claude-code \
         && rm -rf /tmp/claude-code /root/.npm; \
       fi \
    && if [ ! -x claude-code ]; then chmod 755 claude-code; fi \
    && ln -s /opt/trinity-agent/claude-code /usr/local/bin/claude \
    && HOME=/tmp claude --version \
    && rm -rf /tmp/.claude* /tmp/.cache

COPY dist/agent-server.mjs /opt/trinity-agent/

ENV LANG=C.UTF-8 \
    DISABLE_AUTOUPDATER=1 \
    HOME=/home/developer \
    AGENT_WORKSPACE=/home/developer/workspace \
    # The container is the fence.
    AGENT_PERMISSIONS=full \
    AGENT_SERVER_PORT=8000

USER developer
WORKDIR /home/developer
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.AGENT_SERVER_PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

ENTRYPOINT ["/bin/sh", "/opt/trinity-agent/agent-init.sh"]
CMD ["node", "/opt/trinity-agent/agent-server.mjs"]
