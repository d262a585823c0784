import { access } from "node:fs/promises";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

import Docker from "dockerode";

import { onlyFileIn } from "#agents/docker-archive.ts";
import { dockerError, isStatus } from "#agents/docker-error.ts";
import { DomainError } from "#domain/errors.ts";

export type InspectedContainer = Docker.ContainerInspectInfo;
export type ContainerOptions = Docker.ContainerCreateOptions;
export type ListedContainer = { id: string; name: string; labels: Readonly<Record<string, string>> };
export type ContainerStats = Docker.ContainerStats;
type LogRequest = { tail: number; since: string | null; follow: boolean; signal: AbortSignal };
/** A file inside a container; `mode` as in 0o644. */
export type ContainerFile = { text: string; mode: number; uid: number; gid: number };
export type ContainerEvent = { action: string; id: string; name: string; labels: Readonly<Record<string, string>> };

const DEFAULT_SOCKET = "/var/run/docker.sock";
const CALL_MS_MAX = 30_000;
/** What an exec may write before the rest is left unread. */
const EXEC_OUTPUT_MAX = 65_536;

export type DockerEngine = ReturnType<typeof connectDocker>;

/**
 * One Docker engine: the few things we ask of it. Errors are DomainErrors: `not_found` for a container, network or
 * volume that is gone, `conflict` for a name that is taken, `unavailable` for everything that may work later. What
 * takes longer than `timeoutMs` (default 30 s) is `unavailable` too.
 * @param dockerHost as in DOCKER_HOST; null: the usual socket
 * @throws DomainError invalid_input for an address of a kind we do not speak
 */
export function connectDocker(dockerHost: string | null) {
  const where = dockerHost ?? `unix://${DEFAULT_SOCKET}`;
  const docker = new Docker(clientOptions(where));
  const call: Call = (operation, timeoutMs = CALL_MS_MAX) => guard(operation, { where, timeoutMs });
  return {
    where,

    /** Why there is no engine to speak to, or null when it answers. */
    async problem(): Promise<string | null> {
      if (dockerHost === null && !(await isThere(DEFAULT_SOCKET))) {
        return `There is no Docker engine here: DOCKER_HOST is not set and there is no ${DEFAULT_SOCKET}.`;
      }
      return call(docker.ping(), 5_000).then(
        () => null,
        (error: Error) => error.message,
      );
    },

    ...containerCalls(docker, call),
    ...placeCalls(docker, call),
    ...outputCalls(docker, call),
  };
}

/** Waits for an answer no longer than that, and turns failures into our errors. */
type Call = <T>(operation: Promise<T>, timeoutMs?: number) => Promise<T>;

function containerCalls(docker: Docker, call: Call) {
  return {
    /** Every container with this label ("name=value"), stopped ones too. */
    async list(label: string): Promise<ListedContainer[]> {
      const rows = await call(docker.listContainers({ all: true, filters: { label: [label] } }));
      return rows.map(({ Id, Names, Labels }) => ({ id: Id, name: plainName(Names[0] ?? ""), labels: Labels }));
    },

    inspect: (ref: string): Promise<InspectedContainer | null> => orNull(call(docker.getContainer(ref).inspect())),

    /** Its id. A missing image is `unavailable`. */
    async create(name: string, options: ContainerOptions): Promise<string> {
      return (await call(docker.createContainer({ ...options, name }))).id;
    },
    start: (ref: string): Promise<void> => unlessDone(call(docker.getContainer(ref).start(), 60_000)),
    /** Asks it to end, kills it after the grace time. */
    stop: (ref: string, graceSeconds: number): Promise<void> =>
      unlessDone(call(docker.getContainer(ref).stop({ t: graceSeconds }), (graceSeconds + 30) * 1000)),
    rename: async (ref: string, name: string): Promise<void> => call(docker.getContainer(ref).rename({ name })),
    /** Ends it first where needed. Its volumes stay. One that is gone already is fine. */
    remove: async (ref: string): Promise<void> =>
      void (await orNull(call(docker.getContainer(ref).remove({ force: true, v: false }), 60_000))),
    putFiles: async (ref: string, archive: Buffer): Promise<void> =>
      void (await call(docker.getContainer(ref).putArchive(archive, { path: "/" }))),
    /** A plain file in it, running or not; null where there is none. What is no plain file, or over 1 MB, is a `conflict`. */
    async readFile(ref: string, path: string): Promise<ContainerFile | null> {
      const stream = await orNull(call(docker.getContainer(ref).getArchive({ path })));
      if (stream === null) return null;
      const file = onlyFileIn(await readArchive(stream));
      if (file === null) throw new DomainError("conflict", `${path} in its container is not a plain file.`);
      return file;
    },
    connect: async (network: string, container: string, endpoint: Docker.EndpointSettings): Promise<void> =>
      void (await call(
        docker.getNetwork(network).connect({ Container: container, EndpointConfig: endpoint }), // by API version 1.41
      )),
  };
}

/** What containers are made of and live in. */
function placeCalls(docker: Docker, call: Call) {
  return {
    image: (ref: string): Promise<Docker.ImageInspectInfo | null> => orNull(call(docker.getImage(ref).inspect())),

    volume: (name: string): Promise<Docker.VolumeInspectInfo | null> => orNull(call(docker.getVolume(name).inspect())),
    createVolume: async (name: string, labels: Record<string, string>): Promise<void> =>
      void (await call(docker.createVolume({ Name: name, Labels: labels }))),
    removeVolume: async (name: string): Promise<void> => void (await orNull(call(docker.getVolume(name).remove()))),

    network: (name: string): Promise<Docker.NetworkInspectInfo | null> =>
      orNull(call(docker.getNetwork(name).inspect())),
    /** Another one may have made it meanwhile, which is as good. */
    createNetwork: async (name: string, labels: Record<string, string>): Promise<void> =>
      void (await call(docker.createNetwork({ Name: name, Labels: labels, CheckDuplicate: true })).catch(
        ignoreConflict,
      )),
  };
}

function outputCalls(docker: Docker, call: Call) {
  return {
    stats: (ref: string): Promise<ContainerStats> => call(docker.getContainer(ref).stats({ stream: false })),

    /** Raw frames (docker-logs.ts reads them). With `since`, in seconds, only later ones. */
    async logs(ref: string, { tail, since, follow, signal }: LogRequest): Promise<NodeJS.ReadableStream> {
      const options = { stdout: true, stderr: true, timestamps: true, tail, abortSignal: signal };
      const container = docker.getContainer(ref);
      // The engine takes fractions of a second; the type knows whole ones.
      const later = since === null ? {} : { since: since as unknown as number };
      if (follow) return call(container.logs({ ...options, ...later, follow: true }));
      return Readable.from([await call(container.logs({ ...options, ...later, follow: false }))]);
    },

    /** What happens to containers, as the engine's lines of JSON, until the signal aborts. */
    events: (label: string, signal: AbortSignal): Promise<NodeJS.ReadableStream> =>
      call(docker.getEvents({ filters: { type: ["container"], label: [label] }, abortSignal: signal })),

    /** Runs a program inside, as the container's own user. Its exit code, and the beginning of its output. */
    async exec(
      ref: string,
      command: string[],
      timeoutMs: number,
    ): Promise<{ exitCode: number | null; output: string }> {
      const container = docker.getContainer(ref);
      const exec = await call(container.exec({ Cmd: command, AttachStdout: true, AttachStderr: false, Tty: true }));
      // A plain answer, not the connection taken over: a proxy before the engine may not let that through.
      const stream = await call(exec.start({ hijack: false, stdin: false, Tty: true }));
      const output = await readUntil(stream, timeoutMs);
      return { exitCode: (await call(exec.inspect())).ExitCode, output };
    },
  };
}

function clientOptions(dockerHost: string): Docker.DockerOptions {
  const url = URL.canParse(dockerHost) ? new URL(dockerHost) : null;
  if (url?.protocol === "unix:") return { socketPath: url.pathname };
  if (url?.protocol === "tcp:" || url?.protocol === "http:" || url?.protocol === "https:") {
    const isTls = url.protocol === "https:";
    return { protocol: isTls ? "https" : "http", host: url.hostname, port: Number(url.port) || (isTls ? 2376 : 2375) };
  }
  throw new DomainError(
    "invalid_input",
    "DOCKER_HOST: an address such as unix:///var/run/docker.sock or tcp://host:2375.",
  );
}

/** Docker gives names with a slash in front. */
export function plainName(name: string): string {
  return name.replace(/^\//, "");
}

async function guard<T>(operation: Promise<T>, { where, timeoutMs }: { where: string; timeoutMs: number }): Promise<T> {
  const timer = new AbortController();
  const tooLate = sleep(timeoutMs, null, { signal: timer.signal, ref: false }).then(() => {
    throw new DomainError("unavailable", `The Docker engine at ${where} did not answer in ${timeoutMs / 1000} s.`);
  });
  try {
    return await Promise.race([operation, tooLate]);
  } catch (error) {
    throw dockerError(error, where);
  } finally {
    timer.abort();
    tooLate.catch(() => undefined); // its abort
  }
}

async function orNull<T>(operation: Promise<T>): Promise<T | null> {
  try {
    return await operation;
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") return null;
    throw error;
  }
}

/** Starting what runs and stopping what does not is fine. */
async function unlessDone(operation: Promise<unknown>): Promise<void> {
  await operation.catch((error: unknown) => {
    if (!isStatus(error, 304)) throw error;
  });
}

function ignoreConflict(error: unknown): void {
  if (!(error instanceof DomainError && error.code === "conflict")) throw error;
}

/** What comes until the stream ends or the time is up. */
async function readUntil(stream: Readable, timeoutMs: number): Promise<string> {
  let text = "";
  const ended = new Promise<void>((resolve) => {
    stream.on("data", (chunk: Buffer) => {
      if (text.length < EXEC_OUTPUT_MAX) text += chunk.toString("utf8");
    });
    for (const event of ["end", "close", "error"] as const) stream.on(event, () => resolve());
  });
  await Promise.race([ended, sleep(timeoutMs, undefined, { ref: false })]);
  stream.destroy();
  return text;
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

const ARCHIVE_BYTES_MAX = 1024 * 1024;

async function readArchive(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > ARCHIVE_BYTES_MAX) throw new DomainError("conflict", "This file in the container is over 1 MB.");
  }
  return Buffer.concat(chunks);
}
