import { execFile } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import type Docker from "dockerode";

import { createVirtualKey } from "#agents/agent-token.ts";
import { probePort } from "#supervisor/free-port.ts";
import { ensureInstalled } from "#testing/docker-engine.ts";
import { COMPOSE_IMAGES } from "./compose-images.ts";
import type { DockerTest } from "./docker-test.ts";

export type Ports = { gateway: number; portal: number; door: number };

/** docker-compose.yml on the engine of this run, under a name and on ports of its own. */
export type Deployment = {
  ports: Ports;
  /** The name of the agents' network. */
  agentNetwork: string;
  /** Runs Compose with the main file, these beside it, and Anthropic's stand-in. Resolves with what it printed. */
  compose: (variants: readonly Variant[], ...args: string[]) => Promise<string>;
  /** The container of a service; of several, the newest. */
  container: (service: string) => Promise<Docker.ContainerInspectInfo>;
  /** All of its containers. */
  containers: () => Promise<Docker.ContainerInspectInfo[]>;
  /** Runs a program in a service's container. Throws an Error with its output when it fails. */
  inside: (service: string, ...command: string[]) => Promise<string>;
  /** Waits, two minutes at most, until the container's health check says so. */
  untilHealth: (service: string, health: "healthy" | "unhealthy") => Promise<void>;
  /** An agent with a key, made by SQL. */
  addAgent: (name: string) => Promise<string>;
  /** What one value of the database is, as text. */
  sql: (query: string) => Promise<string>;
};

export type Variant = "no-helicone" | "proxy" | "trinity";

const PROJECT = "trinity-llm-test-compose";
const ROOT = path.resolve(import.meta.dirname, "../..");
const COMPOSE_MS_MAX = 300_000;
const HEALTH_MS_MAX = 120_000;
const run = promisify(execFile);

/** Prepares it; nothing runs yet. */
export async function openDeployment(test: DockerTest): Promise<Deployment> {
  await ensureInstalled("docker-compose", "docker-compose");
  const [gateway, portal, door] = await Promise.all([probePort(0), probePort(0), probePort(0)]);
  const ports = { gateway, portal, door };
  const agentNetwork = `${PROJECT}-agents`;
  const env = environment(test, { ports, agentNetwork });

  const containers = () => inspectAll(test);
  const container = async (service: string) => {
    const own = (await containers()).find(({ Config }) => Config.Labels["com.docker.compose.service"] === service);
    if (own === undefined) throw new Error(`There is no container of ${service}.`);
    return own;
  };
  const inside = async (service: string, ...command: string[]) => {
    const { Id } = await container(service);
    const { exitCode, output } = await test.engine.exec(Id, command, 30_000);
    if (exitCode !== 0) throw new Error(`${command.join(" ")} in ${service} ended with ${exitCode}:\n${output}`);
    return output.replaceAll("\r\n", "\n").trim();
  };
  const sql = (query: string) =>
    inside("postgres", "psql", "-U", "trinity", "-d", "trinity", "-P", "pager=off", "-tAqc", query);
  return {
    ports,
    agentNetwork,
    containers,
    container,
    inside,
    sql,
    compose: (variants, ...args) => runCompose(env, variants, args),
    async untilHealth(service, health) {
      const deadlineAt = Date.now() + HEALTH_MS_MAX;
      for (let state = await container(service); state.State.Health?.Status !== health; ) {
        if (Date.now() > deadlineAt) throw new Error(`${service} is not ${health}: ${JSON.stringify(state.State)}`);
        await sleep(250);
        state = await container(service);
      }
    },
    async addAgent(name) {
      const { key, hash, hint } = createVirtualKey();
      const columns = "(agent_name, key_hash, key_hint)";
      await sql(`INSERT INTO agent_ownership ${columns} VALUES ('${name}', '\\x${hash.toString("hex")}', '${hint}')`);
      return key;
    },
  };
}

async function runCompose(env: NodeJS.ProcessEnv, variants: readonly Variant[], args: readonly string[]) {
  const files = ["docker-compose.yml", ...variants.map((variant) => `docker-compose.${variant}.yml`)];
  const given = [...files, "e2e/docker/compose-upstream.yml"].flatMap((file) => ["--file", file]);
  const where = ["--project-directory", ROOT, "--project-name", PROJECT, "--env-file", ".env.example"];
  const options = { cwd: ROOT, env, timeout: COMPOSE_MS_MAX, maxBuffer: 64 * 1024 * 1024 };
  const { stdout, stderr } = await run("docker-compose", [...where, ...given, ...args], options);
  return stdout + stderr;
}

/** As somebody's .env who changes every image and every port. Health is looked at more often, for these tests not to wait. */
function environment({ dockerHost }: DockerTest, { ports, agentNetwork }: Pick<Deployment, "ports" | "agentNetwork">) {
  return {
    ...COMPOSE_IMAGES,
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    HOME: "/nonexistent",
    NODE_ENV: "test" as const,
    DOCKER_HOST: dockerHost,
    DOCKER_SOCKET: new URL(dockerHost).pathname,
    AGENT_NETWORK: agentNetwork,
    GATEWAY_PORT: String(ports.gateway),
    PORTAL_PORT: String(ports.portal),
    HELICONE_DOOR_PORT: String(ports.door),
    HELICONE_HEALTH_INTERVAL: "1s",
    ANTHROPIC_API_KEY: "sk-ant-test-the-gateways-own",
    ANTHROPIC_UPSTREAM_URL: "http://anthropic:8080",
  };
}

async function inspectAll({ docker }: DockerTest): Promise<Docker.ContainerInspectInfo[]> {
  const filters = { label: [`com.docker.compose.project=${PROJECT}`] };
  const listed = await docker.listContainers({ all: true, filters });
  return Promise.all(listed.map(({ Id }) => docker.getContainer(Id).inspect()));
}
