import { setTimeout as sleep } from "node:timers/promises";

import { hashEnvironment } from "#agents/adoption-environment.ts";
import type { ContainerOptions, DockerEngine, InspectedContainer } from "#agents/docker-engine.ts";
import { askInside } from "#agents/docker-probe.ts";
import { isRunning, nameOf, recreateOptions } from "#agents/docker-recreate-options.ts";
import { DomainError } from "#domain/errors.ts";

/** A container that is to be made again; written down before the first step. */
export type Recreate = {
  containerName: string;
  backupName: string;
  oldContainerId: string;
  wasRunning: boolean;
  /** Of the whole environment that the new container will have. */
  environmentHash: string;
  isVerified: boolean;
};

export type RecreateTimes = {
  /** How long the new container may take to answer. */
  healthMs: number;
  stopSeconds: number;
};

/** `replaced`: as asked. `taken`: somebody else made a container of that name first; theirs stays. */
export type RecreateOutcome = "replaced" | "taken";

const PROBE_EVERY_MS = 1_000;

/**
 * Stops the old container, puts it aside, makes the new one and, if the old one ran, sees it answer; then the old one
 * goes, its volumes stay. `onVerified` is awaited when the new one is known to work. On any failure before that the
 * old one is put back as it was.
 * @throws DomainError unavailable with the reason; "half-way" when even putting back failed: `settleRecreate` it later
 */
export async function recreateContainer(
  engine: DockerEngine,
  plan: { recreate: Recreate; old: InspectedContainer; own: readonly string[]; times: RecreateTimes },
  onVerified: () => Promise<void>,
): Promise<RecreateOutcome> {
  const { recreate, old, own, times } = plan;
  let outcome: RecreateOutcome = "replaced";
  let madeId: string | null = null;
  try {
    if (recreate.wasRunning) await engine.stop(old.Id, times.stopSeconds);
    await engine.rename(old.Id, recreate.backupName);
    const { options, furtherNetworks } = recreateOptions(old, own);
    madeId = await createUnlessTaken(engine, recreate.containerName, options);
    if (madeId === null) outcome = "taken";
    else {
      for (const network of furtherNetworks) await engine.connect(network.name, madeId, network.endpoint);
      if (recreate.wasRunning) await startAndAsk(engine, madeId, times.healthMs);
    }
  } catch (error) {
    await undo(engine, { recreate, madeId, cause: error });
    throw error;
  }
  await onVerified();
  await engine.remove(old.Id);
  return outcome;
}

/** Its id; null when a container of that name was made meanwhile. */
async function createUnlessTaken(
  engine: DockerEngine,
  name: string,
  options: ContainerOptions,
): Promise<string | null> {
  try {
    return await engine.create(name, options);
  } catch (error) {
    const isTaken = error instanceof DomainError && error.code === "conflict" && (await engine.inspect(name)) !== null;
    if (isTaken) return null;
    throw error;
  }
}

async function startAndAsk(engine: DockerEngine, id: string, healthMs: number): Promise<void> {
  await engine.start(id);
  const deadlineAt = performance.now() + healthMs;
  while (performance.now() < deadlineAt) {
    const container = await engine.inspect(id);
    if (container === null) throw new DomainError("unavailable", "The new container was removed while it started.");
    if (!isRunning(container)) {
      throw new DomainError(
        "unavailable",
        `With the new environment it ended at once (exit code ${container.State.ExitCode}).`,
      );
    }
    if ((await askInside(engine, container.Id, "/health").catch(() => null)) !== null) return;
    await sleep(PROBE_EVERY_MS);
  }
  throw new DomainError("unavailable", `With the new environment it did not answer within ${healthMs / 1000} s.`);
}

type Failure = { recreate: Recreate; madeId: string | null; cause: unknown };

async function undo(engine: DockerEngine, { recreate, madeId, cause }: Failure): Promise<void> {
  try {
    if (madeId !== null) await engine.remove(madeId);
    await putBack(engine, recreate);
  } catch {
    const reason = cause instanceof Error ? cause.message : "a fault";
    throw new DomainError(
      "unavailable",
      `It stopped half-way (${reason}) and could not be undone at once: that is done as soon as Docker lets us.`,
    );
  }
}

/** The old container under its name, running if it was; the new one, if it is ours, is gone. */
async function putBack(engine: DockerEngine, recreate: Recreate): Promise<void> {
  const old = await engine.inspect(recreate.oldContainerId);
  if (old === null) throw new DomainError("not_found", "The container was removed by somebody else.");
  if (nameOf(old) !== recreate.containerName) {
    const present = await engine.inspect(recreate.containerName);
    if (present !== null && !isOurs(present, recreate)) return engine.remove(old.Id); // somebody made theirs meanwhile
    if (present !== null) await engine.remove(present.Id);
    await engine.rename(old.Id, recreate.containerName);
  }
  if (recreate.wasRunning && !isRunning(old)) await engine.start(old.Id);
}

/**
 * Brings a recreate to its end that was cut short, from whatever state it was left in. `finished`: the new container
 * is in place. `undone`: the old one is, as it was. `gone`: somebody has removed or replaced both.
 */
export async function settleRecreate(
  engine: DockerEngine,
  recreate: Recreate,
): Promise<"finished" | "undone" | "gone"> {
  const [old, present] = await Promise.all([
    engine.inspect(recreate.oldContainerId),
    engine.inspect(recreate.containerName),
  ]);
  const isNew = present !== null && present.Id !== recreate.oldContainerId && isOurs(present, recreate);
  if (recreate.isVerified && isNew) {
    if (old !== null) await engine.remove(old.Id);
    return "finished";
  }
  if (old === null) return isNew ? "finished" : "gone";
  const isTaken = present !== null && present.Id !== old.Id && !isNew;
  await putBack(engine, recreate);
  return isTaken ? "gone" : "undone";
}

/** Nothing of ours is written on it: it is known by the environment it was to have. */
function isOurs(container: InspectedContainer, { environmentHash }: Recreate): boolean {
  return hashEnvironment(container.Config.Env) === environmentHash;
}
