import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { AgentEndpoint, AgentRuntime, AgentSpec, AgentState, AgentUsage, LogOptions } from "#agents/runtime.ts";
import { DomainError } from "#domain/errors.ts";
import { secretsIn } from "#domain/secret-mask.ts";

/** What a stand-in for an agent's server does with a request to `POST /api/chat`. */
export type ChatHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export const STAND_IN_TOKEN = "the-token-of-the-agents-own-server";

type StandIn = { server: Server | null; lines: string[]; wake: () => void };

const NOTHING: Omit<AgentState, "name"> = {
  status: "missing",
  health: "unknown",
  problem: null,
  startedAt: null,
  incarnation: null,
  labels: null,
  limits: null,
  hasWorkspace: false,
};

/**
 * A runtime whose agents are HTTP servers in this process that answer as a test says. It stands in for what the
 * runtimes' own tests prove: that an agent's server comes up and answers.
 */
export class StandInRuntime implements AgentRuntime {
  readonly kind: AgentRuntime["kind"];
  readonly isContained: boolean;
  /** What was created, by name, with the environment it was given. */
  readonly specs = new Map<string, AgentSpec>();
  readonly #agents = new Map<string, StandIn>();
  readonly #watchers = new Set<(state: AgentState) => void>();
  readonly #failures = new Map<string, DomainError>();
  #handler: ChatHandler = (_request, response) => void response.writeHead(500).end();

  constructor(kind: AgentRuntime["kind"] = "process") {
    this.kind = kind;
    this.isContained = kind === "docker";
  }

  /** How every agent answers from now on. */
  answer(handler: ChatHandler): void {
    this.#handler = handler;
  }

  /** Fails the next `create`, `start` or `open` with this. */
  failNext(deed: "create" | "start" | "open", error: DomainError): void {
    this.#failures.set(deed, error);
  }

  /** A line of the agent's output. */
  write(name: string, line: string): void {
    const agent = this.#find(name);
    agent.lines.push(line);
    agent.wake();
  }

  async open(): Promise<void> {
    this.#failWhenTold("open");
  }

  async close(): Promise<void> {
    for (const name of this.#agents.keys()) await this.stop(name);
  }

  async create(spec: AgentSpec): Promise<void> {
    this.#failWhenTold("create");
    this.#agents.set(spec.name, { server: null, lines: [], wake: () => undefined });
    this.specs.set(spec.name, spec);
  }

  async start(name: string): Promise<void> {
    const agent = this.#find(name);
    this.#failWhenTold("start");
    const server = createServer((request, response) => void this.#handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    agent.server = server;
    this.#tell(name);
  }

  async stop(name: string): Promise<void> {
    const agent = this.#find(name);
    agent.server?.closeAllConnections();
    agent.server?.close();
    agent.server = null;
    this.#tell(name);
  }

  async restart(name: string): Promise<void> {
    await this.stop(name);
    await this.start(name);
  }

  async remove(name: string): Promise<void> {
    await this.stop(name);
    this.#agents.delete(name);
  }

  async inspect(name: string): Promise<AgentState> {
    const agent = this.#agents.get(name);
    if (agent === undefined) return { ...NOTHING, name };
    return agent.server === null
      ? { ...NOTHING, name, status: "stopped" }
      : { ...NOTHING, name, status: "running", health: "healthy" };
  }

  list(): Promise<AgentState[]> {
    return Promise.all([...this.#agents.keys()].map((name) => this.inspect(name)));
  }

  async usage(name: string): Promise<AgentUsage | null> {
    if (this.#find(name).server === null) return null;
    return { cpuPercent: 12.5, memoryBytes: 300_000_000, memoryLimitBytes: null };
  }

  async *logs(name: string, { tail, signal }: LogOptions): AsyncGenerator<string> {
    const agent = this.#find(name);
    let next = Math.max(0, agent.lines.length - tail);
    while (!signal.aborted) {
      for (; next < agent.lines.length; next += 1) yield agent.lines[next] ?? "";
      await new Promise<void>((resolve) => {
        agent.wake = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }

  watch(onChange: (state: AgentState) => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  async endpoint(name: string): Promise<AgentEndpoint> {
    const { server } = this.#find(name);
    if (server === null) throw new DomainError("unavailable", `${name} is not running.`);
    const { port } = server.address() as AddressInfo; // listening on TCP
    const secrets = secretsIn(this.specs.get(name)?.environment ?? {});
    return { url: `http://127.0.0.1:${port}`, token: STAND_IN_TOKEN, secrets };
  }

  #find(name: string): StandIn {
    const agent = this.#agents.get(name);
    if (agent === undefined) throw new DomainError("not_found", `There is no agent named ${name}.`);
    return agent;
  }

  #failWhenTold(deed: string): void {
    const error = this.#failures.get(deed);
    this.#failures.delete(deed);
    if (error !== undefined) throw error;
  }

  #tell(name: string): void {
    void this.inspect(name).then((state) => {
      for (const watcher of this.#watchers) watcher(state);
    });
  }
}
