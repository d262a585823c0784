import { readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { ConfigError, readConfig, systemEnvironment } from "#config.ts";

const read = (environment: Record<string, string>) => readConfig({ NODE_ENV: "test", ...environment });

describe("the settings", () => {
  it("work with none given: loopback, the usual ports, the real Anthropic", () => {
    expect(read({})).toMatchObject({
      databaseUrl: undefined,
      dataDir: path.resolve(".data"),
      gateway: { host: "127.0.0.1", port: 8585, url: "http://127.0.0.1:8585" },
      portal: { host: "127.0.0.1", port: 3000, url: "http://localhost:3000" },
      anthropicApiKey: undefined,
      upstream: { url: "https://api.anthropic.com" },
      isDemo: false,
    });
  });

  it("count as unset when they are empty", () => {
    expect(read({ DATABASE_URL: "", GATEWAY_PORT: "", ANTHROPIC_API_KEY: "" })).toEqual(read({}));
  });

  it("make one line for each that cannot be used: its name, an example, never its value", () => {
    const secret = "postgres//trinity:hunter2@db";
    const attempt = () => read({ DATABASE_URL: secret, PORTAL_PORT: "70000", LOG_LEVEL: "loud" });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(/^DATABASE_URL: .+Example: DATABASE_URL=postgresql.+\nPORTAL_PORT: .+\nLOG_LEVEL: [^\n]+$/);
    expect(attempt).not.toThrow(/hunter2/);
  });

  it("take addresses without a slash at their end", () => {
    expect(read({ NEXTAUTH_URL: "https://llm.example.com/" }).portal.url).toBe("https://llm.example.com");
  });

  it("know Helicone only where it is turned on, and not without its address", () => {
    const settings = { HELICONE_URL: "http://helicone:8585/", HELICONE_WRITE_KEY: "sk-helicone-abc" };
    expect(read(settings).helicone).toBeNull();
    for (const off of ["false", "0"]) expect(read({ ...settings, HELICONE_ENABLED: off }).helicone).toBeNull();
    for (const on of ["true", "1"]) {
      expect(read({ ...settings, HELICONE_ENABLED: on }).helicone).toMatchObject({
        url: "http://helicone:8585",
        writeKey: "sk-helicone-abc",
      });
    }
    expect(() => read({ HELICONE_ENABLED: "true" })).toThrow(/^HELICONE_URL: .+ Example: HELICONE_URL=http\S+$/);
    expect(() => read({ HELICONE_ENABLED: "true" })).toThrow(ConfigError);
  });

  it("need nothing but its address to know Helicone: the log, no key yet, pages and bodies beside it", () => {
    expect(
      read({ HELICONE_ENABLED: "true", HELICONE_URL: "http://helicone:8585", DATA_DIR: "/data" }).helicone,
    ).toEqual({
      url: "http://helicone:8585",
      webUrl: "http://helicone:3000",
      objectsUrl: "http://helicone:9080",
      mode: "log",
      apiKey: undefined,
      writeKey: undefined,
      credentialsDir: "/data/helicone",
      timeoutMs: 5_000,
      idleTimeoutMs: 30_000,
      keepingCheckMs: 15_000,
      spoolMegabytesMax: 512,
      door: { host: "127.0.0.1", port: 3001, url: "http://localhost:3001", cookieDomain: undefined },
    });
  });

  it("take everything else about Helicone as it is given", () => {
    const given = {
      HELICONE_ENABLED: "true",
      HELICONE_URL: "https://api.helicone.example/jawn",
      HELICONE_WEB_URL: "https://web.helicone.example",
      HELICONE_OBJECTS_URL: "https://objects.helicone.example/",
      HELICONE_MODE: "proxy",
      HELICONE_API_KEY: "sk-helicone-reads",
      HELICONE_WRITE_KEY: "sk-helicone-writes",
      HELICONE_CREDENTIALS_DIR: "/run/secrets/helicone",
      HELICONE_TIMEOUT_MS: "800",
      HELICONE_IDLE_TIMEOUT_MS: "9000",
      HELICONE_KEEPING_CHECK_MS: "20000",
      HELICONE_SPOOL_MB: "64",
      HELICONE_DOOR_HOST: "::",
      HELICONE_DOOR_PORT: "4001",
      HELICONE_DOOR_URL: "https://helicone.example.com",
      HELICONE_DASHBOARD_COOKIE_DOMAIN: "example.com",
    };
    expect(read(given).helicone).toEqual({
      url: "https://api.helicone.example/jawn",
      webUrl: "https://web.helicone.example",
      objectsUrl: "https://objects.helicone.example",
      mode: "proxy",
      apiKey: "sk-helicone-reads",
      writeKey: "sk-helicone-writes",
      credentialsDir: "/run/secrets/helicone",
      timeoutMs: 800,
      idleTimeoutMs: 9_000,
      keepingCheckMs: 20_000,
      spoolMegabytesMax: 64,
      door: { host: "::", port: 4001, url: "https://helicone.example.com", cookieDomain: "example.com" },
    });
    const beside = read({ ...given, HELICONE_DOOR_URL: "", NEXTAUTH_URL: "https://llm.example.com" }).helicone;
    expect(beside?.door.url).toBe("https://llm.example.com:4001");
  });

  it("say the protocol of telemetry, by its usual port where it is not given", () => {
    const otlp = (endpoint: string, protocol = "") =>
      read({ OTEL_COLLECTOR_ENDPOINT: endpoint, OTEL_COLLECTOR_PROTOCOL: protocol }).otlp?.protocol;
    expect(read({}).otlp).toBeNull();
    expect(otlp("http://collector:4317")).toBe("grpc");
    expect(otlp("http://collector:4318")).toBe("http/protobuf");
    expect(otlp("http://collector:4318", "http/json")).toBe("http/json");
  });

  it("name a sender for mails, and take networks with commas between them", () => {
    expect(read({ NEXTAUTH_URL: "https://llm.example.com" }).notifications).toEqual({
      smtpUrl: undefined,
      mailFrom: "Trinity LLM Observability <trinity@llm.example.com>",
      webhookNetworks: [],
    });
    const networks = read({ WEBHOOK_ALLOWED_NETWORKS: "10.1.0.0/16, 192.168.7.5,fd00::/8" });
    expect(networks.notifications.webhookNetworks).toEqual(["10.1.0.0/16", "192.168.7.5", "fd00::/8"]);
  });

  it.each([
    ["SMTP_URL", "mail.example.com:25"],
    ["SMTP_URL", "https://mail.example.com"],
    ["MAIL_FROM", "Trinity"],
    ["MAIL_FROM", "Trinity <a@b.example>\r\nBcc: all@example.com"],
    ["HELICONE_ENABLED", "perhaps"],
    ["HELICONE_URL", "helicone:8585"],
    ["HELICONE_URL", "http://helicone:8585/v1"],
    ["HELICONE_WEB_URL", "helicone"],
    ["HELICONE_OBJECTS_URL", "s3://helicone"],
    ["HELICONE_MODE", "both"],
    ["HELICONE_API_KEY", "short"],
    ["HELICONE_WRITE_KEY", "sk-helicone-\r\nX-Evil: 1"],
    ["HELICONE_TIMEOUT_MS", "5s"],
    ["HELICONE_IDLE_TIMEOUT_MS", "0"],
    ["HELICONE_KEEPING_CHECK_MS", "0"],
    ["HELICONE_SPOOL_MB", "0"],
    ["HELICONE_DOOR_PORT", "70000"],
    ["HELICONE_DOOR_URL", "example.com"],
    ["HELICONE_DASHBOARD_COOKIE_DOMAIN", ".example.com"],
    ["HELICONE_DASHBOARD_COOKIE_DOMAIN", "localhost"],
    ["WEBHOOK_ALLOWED_NETWORKS", "intranet"],
    ["WEBHOOK_ALLOWED_NETWORKS", "10.0.0.0/99"],
  ])("%s=%j stops the start with a line", (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name}: .+ Example: ${name}=`));
  });

  it("are all in .env.example, in order, and all that it lists before those of Docker Compose are read", () => {
    const example = readFileSync(path.resolve(import.meta.dirname, "../.env.example"), "utf8");
    const [ours = ""] = example.split("# From here on, for Docker Compose alone");
    const listed = [...ours.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]);
    const source = readFileSync(path.resolve(import.meta.dirname, "config.ts"), "utf8");
    const known = [...source.matchAll(/^ {2}([A-Z_]+): \{/gm)].map((match) => match[1]);
    expect(listed).toEqual(known);
  });

  it("are not handed to other processes with what these need of the system", () => {
    const passed = systemEnvironment({
      NODE_ENV: "test",
      PATH: "/bin",
      ANTHROPIC_API_KEY: "sk-ant",
      AWS_SECRET_ACCESS_KEY: "x",
    });
    expect(passed).toEqual({ PATH: "/bin" });
  });
});
