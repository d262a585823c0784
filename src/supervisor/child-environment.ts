import { type Config, systemEnvironment } from "#config.ts";

/** What the supervisor has found out or made up beyond the settings. */
export type Provision = { databaseUrl: string; nextAuthSecret: string; nodeEnv: "production" | "development" };

/** All that the gateway is told. It is the only process that gets the Anthropic key. */
export function gatewayEnvironment(config: Config, provision: Provision): NodeJS.ProcessEnv {
  return {
    ...shared(config, provision),
    ANTHROPIC_API_KEY: config.anthropicApiKey,
    ANTHROPIC_UPSTREAM_URL: config.upstream.url,
    UPSTREAM_HEADERS_TIMEOUT_MS: String(config.upstream.headersTimeoutMs),
    UPSTREAM_IDLE_TIMEOUT_MS: String(config.upstream.idleTimeoutMs),
  };
}

/** All that the portal is told. */
export function portalEnvironment(config: Config, provision: Provision): NodeJS.ProcessEnv {
  return {
    ...shared(config, provision),
    NEXTAUTH_SECRET: provision.nextAuthSecret,
    NEXT_TELEMETRY_DISABLED: "1",
    // What Next's own server reads.
    PORT: String(config.portal.port),
    HOSTNAME: config.portal.host,
  };
}

/** All that the demo's seed and traffic are told. */
export function demoEnvironment(config: Config, provision: Provision): NodeJS.ProcessEnv {
  return shared(config, provision);
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
