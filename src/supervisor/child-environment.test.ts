import { describe, expect, it } from "vitest";

import { readConfig } from "#config.ts";
import { demoEnvironment, gatewayEnvironment, portalEnvironment } from "#supervisor/child-environment.ts";

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
});
