import { describe, expect, it } from "vitest";

import { readConfig } from "#config.ts";
import {
  demoEnvironment,
  doorEnvironment,
  gatewayEnvironment,
  portalEnvironment,
} from "#supervisor/child-environment.ts";

const settings = {
  NODE_ENV: "test" as const,
  DATA_DIR: "/data",
  GATEWAY_HOST: "0.0.0.0",
  GATEWAY_PORT: "8001",
  GATEWAY_URL: "http://gateway.example:8001",
  PORTAL_HOST: "::",
  PORTAL_PORT: "3001",
  NEXTAUTH_URL: "https://llm.example.com",
  ANTHROPIC_API_KEY: "sk-ant-of-the-company",
  ANTHROPIC_UPSTREAM_URL: "http://127.0.0.1:9999",
  UPSTREAM_HEADERS_TIMEOUT_MS: "1234",
  UPSTREAM_IDLE_TIMEOUT_MS: "2345",
  LOG_LEVEL: "debug",
  TRINITY_DEMO: "1",
};
const config = readConfig(settings);
const provision = {
  databaseUrl: "postgresql://u:p@127.0.0.1:5/x",
  nextAuthSecret: "s".repeat(64),
  gatewayInternalToken: "t".repeat(64),
  agentServerArgs: ["/dist/agent-server.mjs"],
  nodeEnv: "production" as const,
};

const withHelicone = readConfig({
  ...settings,
  HELICONE_ENABLED: "true",
  HELICONE_URL: "http://helicone.test:1",
  HELICONE_WEB_URL: "http://helicone.test:2",
  HELICONE_OBJECTS_URL: "http://helicone.test:3",
  HELICONE_MODE: "proxy",
  HELICONE_API_KEY: "sk-helicone-reads-all",
  HELICONE_WRITE_KEY: "sk-helicone-writes",
  HELICONE_CREDENTIALS_DIR: "/secrets",
  HELICONE_TIMEOUT_MS: "700",
  HELICONE_IDLE_TIMEOUT_MS: "7000",
  HELICONE_KEEPING_CHECK_MS: "1700",
  HELICONE_SPOOL_MB: "7",
  HELICONE_DOOR_HOST: "0.0.0.0",
  HELICONE_DOOR_PORT: "3007",
  HELICONE_DOOR_URL: "https://helicone.example.com",
  HELICONE_DASHBOARD_COOKIE_DOMAIN: "example.com",
});

describe("what the supervisor tells its children", () => {
  it("gives the Anthropic key to the gateway and to nobody else", () => {
    expect(gatewayEnvironment(config, provision).ANTHROPIC_API_KEY).toBe("sk-ant-of-the-company");
    expect(JSON.stringify(portalEnvironment(config, provision))).not.toContain("sk-ant");
    expect(JSON.stringify(demoEnvironment(config, provision))).not.toContain("sk-ant");
  });

  it("gives the key that signs sessions to the portal and to nobody else", () => {
    expect(portalEnvironment(config, provision).NEXTAUTH_SECRET).toBe(provision.nextAuthSecret);
    expect(JSON.stringify(gatewayEnvironment(config, provision))).not.toContain(provision.nextAuthSecret);
  });

  it("gives the key of the internal port to gateway and portal, and not to the demo", () => {
    for (const environment of [gatewayEnvironment, portalEnvironment]) {
      expect(environment(config, provision).GATEWAY_INTERNAL_TOKEN).toBe(provision.gatewayInternalToken);
    }
    expect(JSON.stringify(demoEnvironment(config, provision))).not.toContain(provision.gatewayInternalToken);
  });

  it("lets the gateway read the same settings that the supervisor read", () => {
    expect(readConfig(gatewayEnvironment(config, provision))).toEqual({
      ...config,
      databaseUrl: provision.databaseUrl,
      gatewayInternal: { ...config.gatewayInternal, token: provision.gatewayInternalToken },
    });
  });

  it("lets the portal read the same settings, as far as they are its business", () => {
    const seen = readConfig(portalEnvironment(config, provision));
    const { gateway, portal, dataDir, isDemo, logLevel, agentProcess } = seen;
    expect(agentProcess.serverArgs).toEqual(provision.agentServerArgs);
    expect({ gateway, portal, dataDir, isDemo, logLevel }).toEqual({
      gateway: config.gateway,
      portal: config.portal,
      dataDir: "/data",
      isDemo: true,
      logLevel: "debug",
    });
  });

  it("gives Helicone's reading key to portal and door, and never to the gateway", () => {
    const all = JSON.stringify(withHelicone.helicone);
    expect(all).toContain("sk-helicone-reads-all");
    expect(JSON.stringify(gatewayEnvironment(withHelicone, provision))).not.toContain("reads-all");
    expect(JSON.stringify(demoEnvironment(withHelicone, provision))).not.toContain("helicone");
    expect(readConfig(portalEnvironment(withHelicone, provision)).helicone?.apiKey).toBe("sk-helicone-reads-all");
    expect(readConfig(doorEnvironment(withHelicone, provision)).helicone?.apiKey).toBe("sk-helicone-reads-all");
  });

  it("lets each read the same of Helicone, as far as it is its business", () => {
    expect(readConfig(portalEnvironment(withHelicone, provision)).helicone).toEqual(withHelicone.helicone);
    const { url, mode, writeKey, timeoutMs, idleTimeoutMs, spoolMegabytesMax, credentialsDir } =
      withHelicone.helicone ?? fail();
    expect(readConfig(gatewayEnvironment(withHelicone, provision)).helicone).toMatchObject({
      ...{ url, mode, writeKey, timeoutMs, idleTimeoutMs, spoolMegabytesMax, credentialsDir },
    });
    const { door, webUrl, objectsUrl } = withHelicone.helicone ?? fail();
    const seen = readConfig(doorEnvironment(withHelicone, provision));
    expect(seen.helicone).toMatchObject({ url, webUrl, objectsUrl, door, credentialsDir });
    expect(seen.nextAuthSecret).toBe(provision.nextAuthSecret);
    for (const secret of ["sk-ant", "sk-helicone-writes", provision.gatewayInternalToken]) {
      expect(JSON.stringify(doorEnvironment(withHelicone, provision))).not.toContain(secret);
    }
  });

  it("says nothing of Helicone where it is turned off", () => {
    for (const environment of [gatewayEnvironment, portalEnvironment, doorEnvironment]) {
      expect(readConfig(environment(config, provision)).helicone).toBeNull();
    }
  });
});

function fail(): never {
  throw new Error("Helicone is turned on");
}
