import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { v7 as uuid } from "uuid";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type BodySpool, openBodySpool } from "#helicone/body-spool.ts";
import { bodyPath, bodySize, partPath, readBodies } from "#helicone/spooled-body.ts";
import { createLog } from "#log.ts";

const LIMIT = 100_000;
const log = createLog("test", "silent");
const NOBODY = async () => new Set<string>();

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), "trinity-spool-"));
  folder = path.join(root, "spool");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const open = (limitBytes = LIMIT) => openBodySpool({ folder, limitBytes, log }, NOBODY);

/** The bytes of the files, as the disk has them. */
async function bytesOnDisk(): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (name) => (await stat(path.join(folder, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function keep(spool: BodySpool, request: string, ...answer: string[]): string {
  const id = uuid();
  const recording = spool.record(id, Buffer.from(request));
  for (const piece of answer) recording.answer(Buffer.from(piece));
  recording.end();
  return id;
}

describe("the bodies of a call", () => {
  it("are read back as they were, whatever is in them, and can be read by nobody else", async () => {
    const spool = await open();
    const id = keep(spool, '{"a":"\n5\n"}', "data: wörld\n", "\n", "🌍".repeat(20_000));
    const empty = keep(spool, "", "");
    await spool.settled();
    expect(await readBodies(folder, id)).toEqual({
      request: '{"a":"\n5\n"}',
      answer: `data: wörld\n\n${"🌍".repeat(20_000)}`,
    });
    expect(await readBodies(folder, empty)).toEqual({ request: "", answer: "" });
    expect((await stat(bodyPath(folder, id))).mode & 0o077).toBe(0);
    expect((await stat(folder)).mode & 0o077).toBe(0);
    expect(spool.kept().toSorted()).toEqual([id, empty].toSorted());
    expect(spool.figures()).toEqual({ bytes: await bytesOnDisk(), limitBytes: LIMIT, dropped: 0 });
  });

  it("are not there before they are complete, nor after they were removed or given up", async () => {
    const spool = await open();
    const id = uuid();
    const recording = spool.record(id, Buffer.from("request"));
    await expect.poll(() => bodySize(folder, id)).toBe("writing");
    expect(await readBodies(folder, id)).toBeNull();
    recording.end();
    await spool.settled();
    expect(await bodySize(folder, id)).toBe(9);
    spool.remove([id, uuid()]);
    await expect.poll(() => readdir(folder)).toEqual([]);
    expect(await bodySize(folder, id)).toBe("none");
    expect(spool.figures()).toMatchObject({ bytes: 0, dropped: 0 });
  });
});

describe("the limit", () => {
  it("is never exceeded: the oldest bodies give way, also those that are still being written", async () => {
    const spool = await open();
    const running = uuid();
    const recording = spool.record(running, Buffer.alloc(30_000, "r"));
    const ids: string[] = [];
    for (let call = 0; call < 40; call += 1) {
      ids.push(keep(spool, "q".repeat(9_000), "a".repeat(1_000)));
      expect(spool.figures().bytes).toBeLessThanOrEqual(LIMIT);
      if (call % 5 === 0) await spool.settled();
    }
    await expect.poll(() => bodySize(folder, running)).toBe("none");
    recording.answer(Buffer.alloc(80_000, "a")); // of one that was given up long ago
    recording.end();
    await spool.settled();
    await expect.poll(bytesOnDisk).toBe(spool.figures().bytes);
    expect(spool.kept()).toEqual(ids.slice(-spool.kept().length));
    expect(spool.kept().length).toBeGreaterThan(8);
    expect(spool.figures().dropped).toBe(41 - spool.kept().length);
    expect(await readBodies(folder, ids.at(-1) ?? "")).toMatchObject({ answer: "a".repeat(1_000) });
  });

  it("keeps nothing of one call that is larger by itself", async () => {
    const spool = await open();
    const recording = spool.record(uuid(), Buffer.from("small"));
    for (let piece = 0; piece < 30; piece += 1) recording.answer(Buffer.alloc(10_000, "x"));
    recording.end();
    const id = keep(spool, "the next one");
    await spool.settled();
    expect(spool.kept()).toEqual([id]);
    await expect.poll(() => readdir(folder)).toHaveLength(1);
  });
});

describe("what an earlier process left", () => {
  it("stays where it is still to be delivered, and goes where it is not, or was not complete", async () => {
    const spool = await open();
    const [wanted, delivered] = [keep(spool, "wanted"), keep(spool, "delivered")];
    await spool.settled();
    await writeFile(partPath(folder, uuid()), "half");
    await writeFile(path.join(folder, "something else"), "");
    const asked: string[][] = [];
    const next = await openBodySpool({ folder, limitBytes: LIMIT, log }, async (ids) => {
      asked.push([...ids]);
      return new Set([wanted]);
    });
    expect(asked.map((ids) => ids.toSorted())).toEqual([[wanted, delivered].toSorted()]);
    expect(await readdir(folder)).toEqual([path.basename(bodyPath(folder, wanted))]);
    expect(next.figures().bytes).toBe(await bytesOnDisk());
    expect(next.kept()).toEqual([wanted]);
  });

  it("is cut down to a limit that was lowered", async () => {
    const spool = await open();
    const ids = Array.from({ length: 5 }, () => keep(spool, "x".repeat(1_000)));
    await spool.settled();
    const next = await openBodySpool({ folder, limitBytes: 2_500, log }, async () => new Set(ids));
    expect(next.kept()).toHaveLength(2);
    await expect.poll(bytesOnDisk).toBeLessThanOrEqual(2_500);
  });
});

describe("a disk that refuses", () => {
  it("costs the bodies, and nothing else", async () => {
    const spool = await open();
    await rm(folder, { recursive: true });
    keep(spool, "lost");
    await spool.settled();
    expect(spool.figures()).toMatchObject({ bytes: 0, dropped: 1 });
    await mkdir(folder);
    const id = keep(spool, "kept again");
    await spool.settled();
    expect(await readBodies(folder, id)).toMatchObject({ request: "kept again" });
  });
});
