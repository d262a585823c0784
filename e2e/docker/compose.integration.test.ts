import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Deployment, openDeployment } from "./compose-deployment.ts";
import { buildComposeImages } from "./compose-images.ts";
import { listeningAddresses, machineAddress, reachedByAgent, reachedFrom } from "./compose-reach.ts";
import { connectTestEngine, type DockerTest } from "./docker-test.ts";

const CALL = { model: "claude-sonnet-4-20250514", max_tokens: 50, messages: [{ role: "user", content: "hello" }] };

let test: DockerTest;
let deployment: Deployment;
let key: string;
beforeAll(async () => {
  test = connectTestEngine();
  await buildComposeImages(test.docker);
  deployment = await openDeployment(test);
  await deployment.compose(["proxy"], "down", "--volumes", "--timeout", "2");
  await deployment.compose([], "up", "--detach", "--no-build");
  await Promise.all(["gateway", "portal", "door", "helicone"].map((name) => deployment.untilHealth(name, "healthy")));
  key = await deployment.addAgent("builder");
}, 600_000);
afterAll(async () => {
  await deployment.compose(["proxy"], "down", "--volumes", "--timeout", "2");
}, 120_000);

const portal = (path: string) => fetch(`http://127.0.0.1:${deployment.ports.portal}${path}`);

/** The status of a call through the gateway's published port; again while the gateway has not heard of the agent. */
async function call(): Promise<number> {
  const credentials = { authorization: `Bearer ${key}`, "anthropic-version": "2023-06-01" };
  const headers = { ...credentials, "content-type": "application/json" };
  const url = `http://127.0.0.1:${deployment.ports.gateway}/v1/messages`;
  for (let attempt = 0; ; attempt += 1) {
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(CALL) });
    await response.text();
    if (response.status !== 401 || attempt === 50) return response.status;
    await sleep(100);
  }
}

/** The answer, once it is the one that is waited for; after twenty seconds, whatever it is. */
async function eventually<T>(ask: () => Promise<T>, isIt: (answer: T) => boolean): Promise<T> {
  const deadlineAt = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (isIt(answer) || Date.now() > deadlineAt) return answer;
    await sleep(200);
  }
}

const ledger = () => deployment.sql("SELECT string_agg(id::text, ',') FROM llm_requests WHERE cost_nano_usd > 0");

/** The ids of the calls that Helicone was told of. */
async function callsInHelicone(): Promise<string> {
  const rows = await deployment.inside("helicone", "curl", "--silent", "http://127.0.0.1:9999/rows");
  const logged = JSON.parse(rows) as { requestId: string }[]; // as the stand-in writes them
  return logged.map(({ requestId }) => requestId).join();
}

/** The networks of a service that lead anywhere but to their own members. */
async function waysOut(service: string): Promise<string[]> {
  const { NetworkSettings } = await deployment.container(service);
  const networks = Object.keys(NetworkSettings.Networks).map((name) => test.docker.getNetwork(name).inspect());
  return (await Promise.all(networks)).filter(({ Internal }) => !Internal).map(({ Name }) => Name);
}

const secrets = () => deployment.inside("portal", "cat", "/secrets/nextauth-secret", "/secrets/database-url");

describe("docker-compose.yml", () => {
  it("brings up a working system with nothing done by hand: sign-in page, first admin's link, a metered call", async () => {
    const page = await portal("/agents");
    expect([page.status, new URL(page.url).pathname]).toEqual([200, "/login"]);
    expect(/type="password"/.test(await page.text())).toBe(true);
    const log = await deployment.compose([], "logs", "--no-color", "database");
    expect(log).toMatch(new RegExp(`http://localhost:${deployment.ports.portal}/welcome#[\\w-]{43}`));
    expect(await call()).toBe(200);
    expect(await eventually(ledger, (ids) => ids !== "")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("has Helicone told of the call, with a key that nobody had to make, and turns strangers away at its door", async () => {
    expect(await eventually(callsInHelicone, (ids) => ids !== "")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await callsInHelicone()).toBe(await ledger());
    expect(await deployment.inside("helicone", "curl", "--silent", "http://127.0.0.1:9999/violations")).toBe("[]");
    const environment = await deployment.inside("helicone", "sh", "-c", "tr '\\0' '\\n' </proc/1/environ");
    for (const name of ["BETTER_AUTH_URL", "NEXT_PUBLIC_APP_URL", "S3_ENDPOINT_PUBLIC"])
      expect(environment.split("\n")).toContain(`${name}=http://localhost:${deployment.ports.door}`);
    const door = await fetch(`http://127.0.0.1:${deployment.ports.door}/dashboard`, { redirect: "manual" });
    expect(door.status).toBe(401);
  });

  it("publishes the gateway, the portal and the door, each to this machine only, and nothing else", async () => {
    const containers = await deployment.containers();
    const published = containers.flatMap(({ Config, NetworkSettings }) =>
      Object.values(NetworkSettings.Ports ?? {}).flatMap((bindings) =>
        (bindings ?? []).map(
          ({ HostIp, HostPort }) => `${Config.Labels["com.docker.compose.service"]} ${HostIp}:${HostPort}`,
        ),
      ),
    );
    const { ports } = deployment;
    expect(published.toSorted()).toEqual([
      `door 127.0.0.1:${ports.door}`,
      `gateway 127.0.0.1:${ports.gateway}`,
      `portal 127.0.0.1:${ports.portal}`,
    ]);
  });

  it("lets agents reach the gateway's door and nothing else of it", async () => {
    const listening = await listeningAddresses(deployment);
    const machine = await machineAddress(test, deployment.agentNetwork);
    const published = Object.values(deployment.ports).map((port) => `${machine}:${port}`);
    const names = ["trinity-llm-gateway:8585", "gateway-control:8586"];
    const addresses = new Set([...listening.map(({ address }) => address), ...published, ...names]);
    const doors = listening.filter(
      ({ network, address }) => network === deployment.agentNetwork && /:8585$/.test(address),
    );
    expect((await reachedByAgent(test, deployment.agentNetwork, [...addresses])).toSorted()).toEqual(
      [...new Set([...doors.map(({ address }) => address), "trinity-llm-gateway:8585"])].toSorted(),
    );
    // They do listen: who is meant to reach them does.
    const forPortal = ["postgres:5432", "gateway-control:8586", "docker-proxy:2375", "helicone:8585", "helicone:9080"];
    expect(await reachedFrom(deployment, "portal", forPortal)).toEqual(forPortal);
  });

  it("gives Helicone and the door no way out, and the door neither the gateway's internal port nor Docker", async () => {
    const { NetworkSettings } = await deployment.container("anthropic");
    const outside = `${Object.values(NetworkSettings.Networks)[0]?.IPAddress}:8080`;
    expect(await reachedFrom(deployment, "gateway", [outside])).toEqual([outside]);
    expect(await waysOut("helicone")).toEqual([]);
    const listening = (await listeningAddresses(deployment)).filter(({ address }) => /^[\d.]+:/.test(address));
    const inner = listening
      .filter(({ network }) => !/[-_](helicone|door)$/.test(network))
      .map(({ address }) => address);
    expect(await reachedFrom(deployment, "helicone", [outside, ...inner])).toEqual([]);
    const forDoor = listening.filter(
      ({ service, network }) => /helicone|postgres/.test(service) && !/outside/.test(network),
    );
    const reached = await reachedFrom(deployment, "door", [outside, ...listening.map(({ address }) => address)]);
    const services = listening.filter(({ address }) => reached.includes(address)).map(({ service }) => service);
    expect([...new Set(services)].toSorted()).toEqual(["door", "gateway", "helicone", "portal", "postgres"]);
    expect(reached).toEqual(expect.arrayContaining(forDoor.map(({ address }) => address)));
    expect(reached.filter((address) => address === outside || address.endsWith(":8586"))).toEqual([]);
  });

  it("shows each container the secrets that are its own, and runs ours as a user without rights", async () => {
    const files = (service: string) => deployment.inside(service, "find", "/secrets", "/credentials", "-type", "f");
    expect((await files("gateway")).split("\n").toSorted()).toEqual([
      "/credentials/gateway.json",
      "/secrets/database-url",
      "/secrets/gateway-internal-token",
    ]);
    expect(await files("portal")).not.toContain("gateway.json");
    expect(await deployment.inside("postgres", "ls", "/secrets")).toBe("database-password");
    expect(await deployment.inside("helicone", "cat", "/etc/supervisor/conf.d/supervisord.conf")).not.toContain(
      "public",
    );
    for (const service of ["gateway", "portal", "door"]) {
      expect(await deployment.inside(service, "id", "-u")).toBe("10001");
      const { Config } = await deployment.container(service);
      expect(Config.Env?.join("\n")).not.toMatch(/postgresql:\/\/trinity|NEXTAUTH_SECRET=.|INTERNAL_TOKEN=./);
    }
  });

  it("gives agents of others back by a command, as docs/deployment.md has it", async () => {
    const printed = await deployment.compose(
      [],
      "run",
      "--rm",
      "--no-deps",
      "-T",
      "portal",
      "node",
      "dist/unroute.mjs",
      "--all",
    );
    expect(printed).toContain("No agent is routed.");
  });

  it.each([
    ["ClickHouse", "/tmp/clickhouse-is-down"],
    ["its PostgreSQL", "/tmp/postgres-is-down"],
  ])("calls Helicone unhealthy while %s is down, and goes on without it", async (_part, flag) => {
    await deployment.inside("helicone", "touch", flag);
    await deployment.untilHealth("helicone", "unhealthy");
    expect(await call()).toBe(200);
    await deployment.inside("helicone", "rm", flag);
    await deployment.untilHealth("helicone", "healthy");
  });

  it("keeps everything over a second `up`, and where calls go through Helicone gives it a way out of its own", async () => {
    const before = [await ledger(), await secrets()];
    await deployment.compose([], "up", "--detach", "--no-build");
    expect([await ledger(), await secrets()]).toEqual(before);
    await deployment.compose(["proxy"], "up", "--detach", "--no-build");
    await Promise.all(["gateway", "helicone"].map((name) => deployment.untilHealth(name, "healthy")));
    expect(await waysOut("helicone")).toEqual([expect.stringContaining("helicone-outside")]);
    expect(await deployment.inside("gateway", "printenv", "HELICONE_MODE")).toBe("proxy");
    expect([await ledger(), await secrets()]).toEqual(before);
    expect(await call()).toBe(200);
  });

  it("comes up again after `down` with everything kept, without Helicone, on a network that another Trinity owns", async () => {
    const kept = await secrets();
    await deployment.compose(["proxy"], "down", "--timeout", "5");
    await test.docker.createNetwork({ Name: deployment.agentNetwork });
    const variants = ["no-helicone", "trinity"] as const;
    await deployment.compose(variants, "up", "--detach", "--no-build");
    await Promise.all(["gateway", "portal"].map((name) => deployment.untilHealth(name, "healthy")));
    const services = (await deployment.containers()).map(({ Config }) => Config.Labels["com.docker.compose.service"]);
    expect(services.filter((name) => /helicone|door/.test(name ?? ""))).toEqual([]);
    expect(await secrets()).toBe(kept);
    expect(await call()).toBe(200); // with the key of the agent that was made at first
    expect(await reachedByAgent(test, deployment.agentNetwork, ["trinity-llm-gateway:8585"])).toHaveLength(1);
    await deployment.compose(variants, "down", "--timeout", "5");
    await test.docker.getNetwork(deployment.agentNetwork).remove(); // which `down` has left alone
  });
});
