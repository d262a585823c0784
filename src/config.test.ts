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

  it("know Helicone only where it is turned on and can be reached", () => {
    const settings = { HELICONE_URL: "http://helicone:8585/", HELICONE_WRITE_KEY: "sk-helicone-abc" };
    const helicone = { url: "http://helicone:8585", writeKey: "sk-helicone-abc" };
    expect(read(settings).helicone).toBeNull();
    expect(read({ ...settings, HELICONE_ENABLED: "false" }).helicone).toBeNull();
    for (const on of ["true", "1"]) expect(read({ ...settings, HELICONE_ENABLED: on }).helicone).toEqual(helicone);
    expect(read({ HELICONE_ENABLED: "true" }).helicone).toBeNull();
    expect(() => read({ HELICONE_ENABLED: "perhaps" })).toThrow(/^HELICONE_ENABLED: has to be true or false/);
  });

  it("say the protocol of telemetry, by its usual port where it is not given", () => {
    const otlp = (endpoint: string, protocol = "") =>
      read({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: protocol }).otlp?.protocol;
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
    ["WEBHOOK_ALLOWED_NETWORKS", "intranet"],
    ["WEBHOOK_ALLOWED_NETWORKS", "10.0.0.0/99"],
  ])("%s=%j stops the start with a line", (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name}: .+ Example: ${name}=`));
  });

  it("are all in .env.example, and all that it lists are read", () => {
    const example = readFileSync(path.resolve(import.meta.dirname, "../.env.example"), "utf8");
    const listed = [...example.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]);
    const source = readFileSync(path.resolve(import.meta.dirname, "config.ts"), "utf8");
    const known = [...source.matchAll(/^ {2}([A-Z_]+): \{/gm)].map((match) => match[1]);
    expect(listed.toSorted()).toEqual(known.toSorted());
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
