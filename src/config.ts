import path from "node:path";

import { z } from "zod";

import {
  databaseUrl,
  dockerHost,
  domainName,
  heliconeMode,
  httpUrl,
  mailSender,
  milliseconds,
  networks,
  nodeArguments,
  otlpProtocol,
  port,
  secret,
  smtpUrl,
  turnMilliseconds,
  upstreamUrl,
  wholeNumber,
  writtenKey,
  yesOrNo,
} from "#setting-schemas.ts";

/** Every variable is optional: with none, everything runs on this machine with a database of its own. */
const VARIABLES = {
  DATABASE_URL: { schema: databaseUrl.optional(), example: "postgresql://user:secret@localhost:5432/trinity" },
  DATA_DIR: { schema: z.string().default(".data"), example: "/var/lib/trinity-llm" },
  GATEWAY_HOST: { schema: z.string().default("127.0.0.1"), example: "0.0.0.0" },
  GATEWAY_PORT: { schema: port.default(8585), example: "8585" },
  GATEWAY_URL: { schema: httpUrl.optional(), example: "http://gateway:8585" },
  GATEWAY_INTERNAL_HOST: { schema: z.string().default("127.0.0.1"), example: "0.0.0.0" },
  GATEWAY_INTERNAL_PORT: { schema: port.default(8586), example: "8586" },
  GATEWAY_INTERNAL_URL: { schema: httpUrl.optional(), example: "http://gateway:8586" },
  GATEWAY_INTERNAL_TOKEN: { schema: secret.optional(), example: "the output of `openssl rand -hex 32`" },
  PORTAL_HOST: { schema: z.string().default("127.0.0.1"), example: "0.0.0.0" },
  PORTAL_PORT: { schema: port.default(3000), example: "3000" },
  NEXTAUTH_URL: { schema: httpUrl.optional(), example: "https://llm.example.com" },
  NEXTAUTH_SECRET: { schema: secret.optional(), example: "the output of `openssl rand -hex 32`" },
  ANTHROPIC_API_KEY: { schema: writtenKey.optional(), example: "sk-ant-api03-…" },
  ANTHROPIC_UPSTREAM_URL: {
    schema: upstreamUrl.default("https://api.anthropic.com"),
    example: "https://api.anthropic.com",
  },
  UPSTREAM_HEADERS_TIMEOUT_MS: { schema: milliseconds.default(600_000), example: "600000" },
  UPSTREAM_IDLE_TIMEOUT_MS: { schema: milliseconds.default(280_000), example: "280000" },
  DOCKER_HOST: { schema: dockerHost.optional(), example: "unix:///var/run/docker.sock" },
  AGENT_IMAGE: { schema: z.string().default("trinity-llm-agent:latest"), example: "trinity-llm-agent:latest" },
  AGENT_NETWORK: { schema: z.string().default("trinity-agent-network"), example: "trinity-agent-network" },
  HELICONE_ENABLED: { schema: yesOrNo.default("false"), example: "true" },
  HELICONE_URL: { schema: upstreamUrl.optional(), example: "http://helicone:8585" },
  HELICONE_WEB_URL: { schema: httpUrl.optional(), example: "http://helicone:3000" },
  HELICONE_OBJECTS_URL: { schema: httpUrl.optional(), example: "http://helicone:9080" },
  HELICONE_MODE: { schema: heliconeMode.default("log"), example: "proxy" },
  HELICONE_API_KEY: { schema: writtenKey.optional(), example: "sk-helicone-…" },
  HELICONE_WRITE_KEY: { schema: writtenKey.optional(), example: "sk-helicone-…" },
  HELICONE_CREDENTIALS_DIR: { schema: z.string().optional(), example: "/var/lib/trinity-llm/helicone" },
  HELICONE_TIMEOUT_MS: { schema: milliseconds.default(5_000), example: "5000" },
  HELICONE_IDLE_TIMEOUT_MS: { schema: milliseconds.default(30_000), example: "30000" },
  HELICONE_KEEPING_CHECK_MS: { schema: milliseconds.default(15_000), example: "15000" },
  HELICONE_SPOOL_MB: { schema: wholeNumber(1, 1_000_000).default(512), example: "512" },
  HELICONE_DOOR_HOST: { schema: z.string().default("127.0.0.1"), example: "0.0.0.0" },
  HELICONE_DOOR_PORT: { schema: port.default(3001), example: "3001" },
  HELICONE_DOOR_URL: { schema: httpUrl.optional(), example: "https://helicone.example.com" },
  HELICONE_DASHBOARD_COOKIE_DOMAIN: { schema: domainName.optional(), example: "example.com" },
  AGENT_TELEMETRY: {
    schema: z.enum(["all", "direct", "off"], { error: "has to be all, direct or off" }).default("direct"),
    example: "all",
  },
  OTEL_COLLECTOR_ENDPOINT: { schema: httpUrl.optional(), example: "http://otel-collector:4318" },
  OTEL_COLLECTOR_PROTOCOL: { schema: otlpProtocol.optional(), example: "http/protobuf" },
  METRICS_TOKEN: { schema: secret.optional(), example: "the output of `openssl rand -hex 32`" },
  METRICS_AGENTS_MAX: { schema: wholeNumber(0, 1_000).default(50), example: "50" },
  CLAUDE_CODE_PATH: { schema: z.string().optional(), example: "/usr/local/bin/claude" },
  AGENT_SERVER_ARGS: { schema: nodeArguments.optional(), example: '["/opt/trinity-llm/dist/agent-server.mjs"]' },
  AGENT_CHAT_TIMEOUT_MS: { schema: turnMilliseconds.default(1_860_000), example: "1860000" },
  SMTP_URL: { schema: smtpUrl.optional(), example: "smtp://user:secret@mail.example.com:587" },
  MAIL_FROM: { schema: mailSender.optional(), example: "Trinity <trinity@example.com>" },
  WEBHOOK_ALLOWED_NETWORKS: { schema: networks.default([]), example: "10.1.0.0/16,192.168.7.5" },
  LOG_LEVEL: {
    schema: z
      .enum(["debug", "info", "warn", "error"], { error: "has to be debug, info, warn or error" })
      .default("info"),
    example: "info",
  },
  TRINITY_DEMO: { schema: z.enum(["0", "1"], { error: "has to be 0 or 1" }).default("0"), example: "1" },
} as const;

type Name = keyof typeof VARIABLES;
type Values = { [K in Name]: z.output<(typeof VARIABLES)[K]["schema"]> };

export type Config = {
  /** Absent: the supervisor starts the embedded PostgreSQL and hands its URL to the processes it starts. */
  databaseUrl: string | undefined;
  /** Absolute. Holds the embedded database, the generated secrets and the gateway's journal. */
  dataDir: string;
  gateway: { host: string; port: number /** What agents are told to call. */; url: string };
  /** Where the gateway answers the portal. Without a token it does not, and the portal does not ask. */
  gatewayInternal: { host: string; port: number; url: string; token: string | undefined };
  portal: { host: string; port: number /** Where people reach the portal. */; url: string };
  nextAuthSecret: string | undefined;
  anthropicApiKey: string | undefined;
  upstream: { url: string; headersTimeoutMs: number; idleTimeoutMs: number };
  /** `host` absent: the usual socket. `image`: of agents of ours. `network`: where agents meet the gateway. */
  docker: { host: string | undefined; image: string; network: string };
  /** Null: there is none, or it is turned off. */
  helicone: HeliconeConfig | null;
  /** Where admins reach Helicone's pages; said where it is turned off as well. */
  heliconeDoor: HeliconeConfig["door"];
  /** Which agents report to the gateway, where there is no other collector. `direct`: those that go past it. */
  ownTelemetry: "all" | "direct" | "off";
  /** The collector that agents report to in its place; null: there is none. */
  otlp: { endpoint: string; protocol: "http/protobuf" | "http/json" | "grpc" } | null;
  /** For Prometheus. `token` absent: nobody gets them. `agentsMax`: how many agents are told apart. */
  metrics: { token: string | undefined; agentsMax: number };
  /**
   * Agents as processes. `serverArgs`: what Node runs as their server; without, there are none. `claudeCodePath`:
   * absent where Claude Code is on the PATH.
   */
  agentProcess: { serverArgs: readonly string[] | undefined; claudeCodePath: string | undefined };
  /** How long an agent may work on one chat message. */
  agentChatTimeoutMs: number;
  /** Warnings to people. `smtpUrl` absent: no mail. `webhookNetworks`: private ones that webhooks may reach all the same. */
  notifications: { smtpUrl: string | undefined; mailFrom: string; webhookNetworks: readonly string[] };
  logLevel: "debug" | "info" | "warn" | "error";
  isDemo: boolean;
};

export type HeliconeConfig = {
  /** Its API and proxy; its pages; its store of bodies. */
  url: string;
  webUrl: string;
  objectsUrl: string;
  /** `log`: finished calls are posted to it. `proxy`: calls go through it while it works. */
  mode: "log" | "proxy";
  /** Reads and writes; the portal's. Absent: it is in a file of `credentialsDir`, once Helicone is set up. */
  apiKey: string | undefined;
  /** Writes only; the gateway's. Absent: likewise. */
  writeKey: string | undefined;
  /** Absolute. */
  credentialsDir: string;
  /** Proxy mode: how long Helicone may give no sign of life while a call waits for its first byte. */
  timeoutMs: number;
  /** Proxy mode: how long an answer that has begun may be silent. */
  idleTimeoutMs: number;
  /** Proxy mode: how often Helicone is asked whether it can keep the calls that pass through it. */
  keepingCheckMs: number;
  /** What bodies may take up on disk until they are delivered. */
  spoolMegabytesMax: number;
  /** Where admins reach its pages. `cookieDomain` absent: portal and door share a host name. */
  door: { host: string; port: number; url: string; cookieDomain: string | undefined };
};

/** A setting that cannot be used. Each problem is one line: the variable, what is wrong, and a valid example. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfigError";
  }
}

/**
 * Reads the settings, once, at start; nothing else in the program reads the environment. An empty variable
 * counts as unset. Values are never repeated in a problem's text: they may be secrets.
 * @throws ConfigError naming every variable that cannot be used
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const problems: string[] = [];
  const values = Object.fromEntries(
    Object.entries(VARIABLES).map(([name, { schema, example }]) => {
      const parsed = schema.safeParse(environment[name] === "" ? undefined : environment[name]);
      if (!parsed.success) {
        problems.push(`${name}: ${parsed.error.issues[0]?.message ?? "cannot be used"}. Example: ${name}=${example}`);
      }
      return [name, parsed.data];
    }),
  ) as Values; // every name of VARIABLES was just parsed by its own schema
  if (problems.length > 0) throw new ConfigError(problems);
  return toConfig(values);
}

const HELICONE_WEB_PORT = 3000;
const HELICONE_OBJECTS_PORT = 9080;

/**
 * Its pages and its store of bodies are beside its API unless something else is said, and the door is beside the portal.
 * @throws ConfigError when it is turned on and nobody says where it is
 */
function heliconeOf(values: Values): Config["helicone"] {
  if (values.HELICONE_ENABLED === "false" || values.HELICONE_ENABLED === "0") return null;
  const { HELICONE_URL: url } = values;
  if (url === undefined) {
    throw new ConfigError([
      `HELICONE_URL: is needed where HELICONE_ENABLED is true. Example: HELICONE_URL=${VARIABLES.HELICONE_URL.example}`,
    ]);
  }
  return {
    url,
    webUrl: values.HELICONE_WEB_URL ?? atPort(url, HELICONE_WEB_PORT),
    objectsUrl: values.HELICONE_OBJECTS_URL ?? atPort(url, HELICONE_OBJECTS_PORT),
    mode: values.HELICONE_MODE,
    apiKey: values.HELICONE_API_KEY,
    writeKey: values.HELICONE_WRITE_KEY,
    credentialsDir: path.resolve(values.HELICONE_CREDENTIALS_DIR ?? path.join(values.DATA_DIR, "helicone")),
    timeoutMs: values.HELICONE_TIMEOUT_MS,
    idleTimeoutMs: values.HELICONE_IDLE_TIMEOUT_MS,
    keepingCheckMs: values.HELICONE_KEEPING_CHECK_MS,
    spoolMegabytesMax: values.HELICONE_SPOOL_MB,
    door: doorOf(values),
  };
}

function doorOf(values: Values): HeliconeConfig["door"] {
  const { HELICONE_DOOR_PORT: port } = values;
  return {
    host: values.HELICONE_DOOR_HOST,
    port,
    url: values.HELICONE_DOOR_URL ?? atPort(portalUrlOf(values), port),
    cookieDomain: values.HELICONE_DASHBOARD_COOKIE_DOMAIN,
  };
}

function atPort(url: string, otherPort: number): string {
  const { protocol, hostname } = new URL(url);
  return `${protocol}//${hostname}:${otherPort}`;
}

/** What listens on 4317 speaks gRPC by convention. */
function otlpOf(values: Values): Config["otlp"] {
  const endpoint = values.OTEL_COLLECTOR_ENDPOINT;
  if (endpoint === undefined) return null;
  const usual = new URL(endpoint).port === "4317" ? "grpc" : "http/protobuf";
  return { endpoint, protocol: values.OTEL_COLLECTOR_PROTOCOL ?? usual };
}

function toConfig(values: Values): Config {
  return {
    databaseUrl: values.DATABASE_URL,
    dataDir: path.resolve(values.DATA_DIR),
    gateway: {
      host: values.GATEWAY_HOST,
      port: values.GATEWAY_PORT,
      url: values.GATEWAY_URL ?? `http://127.0.0.1:${values.GATEWAY_PORT}`,
    },
    gatewayInternal: {
      host: values.GATEWAY_INTERNAL_HOST,
      port: values.GATEWAY_INTERNAL_PORT,
      url: values.GATEWAY_INTERNAL_URL ?? `http://127.0.0.1:${values.GATEWAY_INTERNAL_PORT}`,
      token: values.GATEWAY_INTERNAL_TOKEN,
    },
    portal: {
      host: values.PORTAL_HOST,
      port: values.PORTAL_PORT,
      url: portalUrlOf(values),
    },
    nextAuthSecret: values.NEXTAUTH_SECRET,
    anthropicApiKey: values.ANTHROPIC_API_KEY,
    upstream: {
      url: values.ANTHROPIC_UPSTREAM_URL,
      headersTimeoutMs: values.UPSTREAM_HEADERS_TIMEOUT_MS,
      idleTimeoutMs: values.UPSTREAM_IDLE_TIMEOUT_MS,
    },
    docker: { host: values.DOCKER_HOST, image: values.AGENT_IMAGE, network: values.AGENT_NETWORK },
    helicone: heliconeOf(values),
    heliconeDoor: doorOf(values),
    otlp: otlpOf(values),
    ownTelemetry: values.AGENT_TELEMETRY,
    metrics: { token: values.METRICS_TOKEN, agentsMax: values.METRICS_AGENTS_MAX },
    agentProcess: { serverArgs: values.AGENT_SERVER_ARGS, claudeCodePath: values.CLAUDE_CODE_PATH },
    agentChatTimeoutMs: values.AGENT_CHAT_TIMEOUT_MS,
    notifications: {
      smtpUrl: values.SMTP_URL,
      mailFrom: values.MAIL_FROM ?? `Trinity LLM Observability <trinity@${new URL(portalUrlOf(values)).hostname}>`,
      webhookNetworks: values.WEBHOOK_ALLOWED_NETWORKS,
    },
    logLevel: values.LOG_LEVEL,
    isDemo: values.TRINITY_DEMO === "1",
  };
}

function portalUrlOf({ NEXTAUTH_URL, PORTAL_PORT }: Values): string {
  return NEXTAUTH_URL ?? `http://localhost:${PORTAL_PORT}`;
}

/** What any process needs of the surrounding system. Credentials that happen to be in the environment are not among it. */
const SYSTEM_VARIABLES = [
  "PATH",
  "HOME",
  "TMPDIR",
  "TZ",
  "LANG",
  "LC_ALL",
  "NODE_OPTIONS",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
];

/** The part of the environment that processes started by us are given beside their settings. */
export function systemEnvironment(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return Object.fromEntries(
    SYSTEM_VARIABLES.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
