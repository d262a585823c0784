import { type Config, systemEnvironment } from "#config.ts";

/** What the supervisor has found out or made up beyond the settings. */
export type Provision = {
  databaseUrl: string;
  nextAuthSecret: string;
  /** With which the portal is let in at the gateway's internal port. */
  gatewayInternalToken: string;
  /** What Node runs as the server of an agent that is a process. */
  agentServerArgs: readonly string[];
  nodeEnv: "production" | "development";
};

/** All that the gateway is told. It is the only process that gets the Anthropic key. */
export function gatewayEnvironment(config: Config, provision: Provision): NodeJS.ProcessEnv {
  return {
    ...shared(config, provision),
    ...internalPort(config, provision),
    ...metrics(config),
    ANTHROPIC_API_KEY: config.anthropicApiKey,
    ANTHROPIC_UPSTREAM_URL: config.upstream.url,
    UPSTREAM_HEADERS_TIMEOUT_MS: String(config.upstream.headersTimeoutMs),
    UPSTREAM_IDLE_TIMEOUT_MS: String(config.upstream.idleTimeoutMs),
    ...writingHelicone(config),
  };
}

/** All that the portal is told. */
export function portalEnvironment(config: Config, provision: Provision): NodeJS.ProcessEnv {
  return {
    ...shared(config, provision),
    ...internalPort(config, provision),
    ...metrics(config),
    NEXTAUTH_SECRET: provision.nextAuthSecret,
    DOCKER_HOST: config.docker.host,
    AGENT_IMAGE: config.docker.image,
    AGENT_NETWORK: config.docker.network,
    ...writingHelicone(config),
    ...readingHelicone(config),
    AGENT_TELEMETRY: config.ownTelemetry,
    OTEL_COLLECTOR_ENDPOINT: config.otlp?.endpoint,
    OTEL_COLLECTOR_PROTOCOL: config.otlp?.protocol,
    CLAUDE_CODE_PATH: config.agentProcess.claudeCodePath,
    AGENT_SERVER_ARGS: JSON.stringify(config.agentProcess.serverArgs ?? provision.agentServerArgs),
    AGENT_CHAT_TIMEOUT_MS: String(config.agentChatTimeoutMs),
    SMTP_URL: config.notifications.smtpUrl,
    MAIL_FROM: config.notifications.mailFrom,
    WEBHOOK_ALLOWED_NETWORKS: config.notifications.webhookNetworks.join(","),
    NEXT_TELEMETRY_DISABLED: "1",
    // What Next's own server reads.
    PORT: String(config.portal.port),
    HOSTNAME: config.portal.host,
  };
}

/** All that Helicone's door is told: it asks the portal's sessions who comes, and signs in to Helicone. */
export function doorEnvironment(config: Config, provision: Provision): NodeJS.ProcessEnv {
  return {
    ...shared(config, provision),
    NEXTAUTH_SECRET: provision.nextAuthSecret,
    ...knownHelicone(config),
    ...readingHelicone(config),
  };
}

/** All that the demo's seed and traffic are told. */
export function demoEnvironment(config: Config, provision: Provision): NodeJS.ProcessEnv {
  return shared(config, provision);
}

/** For gateway and portal only: whoever has the token may ask about every agent. */
function internalPort({ gatewayInternal }: Config, { gatewayInternalToken }: Provision): Record<string, string> {
  return {
    GATEWAY_INTERNAL_HOST: gatewayInternal.host,
    GATEWAY_INTERNAL_PORT: String(gatewayInternal.port),
    GATEWAY_INTERNAL_URL: gatewayInternal.url,
    GATEWAY_INTERNAL_TOKEN: gatewayInternalToken,
  };
}

function metrics({ metrics: { token, agentsMax } }: Config): Record<string, string | undefined> {
  return { METRICS_TOKEN: token, METRICS_AGENTS_MAX: String(agentsMax) };
}

function knownHelicone({ helicone }: Config): Record<string, string> {
  if (helicone === null) return { HELICONE_ENABLED: "false" };
  return {
    HELICONE_ENABLED: "true",
    HELICONE_URL: helicone.url,
    HELICONE_MODE: helicone.mode,
    HELICONE_CREDENTIALS_DIR: helicone.credentialsDir,
  };
}

/** With the key that writes and cannot read. */
function writingHelicone(config: Config): Record<string, string | undefined> {
  const { helicone } = config;
  return {
    ...knownHelicone(config),
    HELICONE_WRITE_KEY: helicone?.writeKey,
    HELICONE_TIMEOUT_MS: toText(helicone?.timeoutMs),
    HELICONE_IDLE_TIMEOUT_MS: toText(helicone?.idleTimeoutMs),
    HELICONE_KEEPING_CHECK_MS: toText(helicone?.keepingCheckMs),
    HELICONE_SPOOL_MB: toText(helicone?.spoolMegabytesMax),
  };
}

/** With the key that reads everything there: never for the gateway. */
function readingHelicone({ helicone }: Config): Record<string, string | undefined> {
  return {
    HELICONE_API_KEY: helicone?.apiKey,
    HELICONE_WEB_URL: helicone?.webUrl,
    HELICONE_OBJECTS_URL: helicone?.objectsUrl,
    HELICONE_DOOR_HOST: helicone?.door.host,
    HELICONE_DOOR_PORT: toText(helicone?.door.port),
    HELICONE_DOOR_URL: helicone?.door.url,
    HELICONE_DASHBOARD_COOKIE_DOMAIN: helicone?.door.cookieDomain,
  };
}

function toText(setting: number | undefined): string | undefined {
  return setting === undefined ? undefined : String(setting);
}

function shared(config: Config, { databaseUrl, nodeEnv }: Provision): NodeJS.ProcessEnv {
  return {
    ...systemEnvironment(),
    NODE_ENV: nodeEnv,
    DATABASE_URL: databaseUrl,
    DATA_DIR: config.dataDir,
    GATEWAY_HOST: config.gateway.host,
    GATEWAY_PORT: String(config.gateway.port),
    GATEWAY_URL: config.gateway.url,
    PORTAL_HOST: config.portal.host,
    PORTAL_PORT: String(config.portal.port),
    NEXTAUTH_URL: config.portal.url,
    LOG_LEVEL: config.logLevel,
    TRINITY_DEMO: config.isDemo ? "1" : "0",
  };
}
