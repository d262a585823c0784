import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UNREPORTED_USAGE } from "#domain/token-usage.ts";
import { openJournal } from "#gateway/journal.ts";
import { segmentPath } from "#gateway/journal-segments.ts";
import { callId, openCall, SILENT, settledCall } from "#testing/calls.ts";
import { openWrittenJournal, type WrittenJournal } from "#testing/written-journal.ts";

/** What the disk refuses, by the name of the system call. `halfway`: some of a text is written before. */
const disk = vi.hoisted(() => ({ refuses: new Set<string>(), halfway: 0 }));

vi.mock("node:fs", async (importOriginal) => {
  const real = await importOriginal<typeof import("node:fs")>();
  const refusing = <F extends (...args: never[]) => unknown>(name: string, call: F): F =>
    ((...args: Parameters<F>) => {
      if (disk.refuses.has(name)) throw Object.assign(new Error(`ENOSPC: no space left, ${name}`), { code: "ENOSPC" });
      return call(...args);
    }) as F; // same parameters, same result
  return {
    ...real,
    openSync: refusing("open", real.openSync),
    unlinkSync: refusing("unlink", real.unlinkSync),
    ftruncateSync: refusing("ftruncate", real.ftruncateSync),
    writeSync: (fd: number, bytes: Buffer, offset: number) => {
      if (!disk.refuses.has("write")) return real.writeSync(fd, bytes, offset);
      const taken = Math.min(disk.halfway, bytes.length - offset - 1);
      disk.halfway -= taken;
      if (taken > 0) return real.writeSync(fd, bytes, offset, taken);
      throw Object.assign(new Error("ENOSPC: no space left, write"), { code: "ENOSPC" });
    },
  };
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "trinity-test-journal-"));
});
afterEach(() => {
  works();
  rmSync(directory, { recursive: true });
});

function refuse(...names: string[]): void {
  for (const name of names) disk.refuses.add(name);
}

function works(): void {
  disk.refuses.clear();
  disk.halfway = 0;
}

/** Opens the folder as the next process does. A journal that was not closed is one whose process was killed. */
function start(): WrittenJournal {
  return openWrittenJournal(directory);
}

function idsToRead(journal: WrittenJournal): string[] {
  const ids: string[] = [];
  for (let batch = journal.read(); batch.calls.length > 0; batch = journal.read()) {
    ids.push(...batch.calls.map((call) => call.id));
    journal.acknowledge(batch);
  }
  return ids;
}

/** Settles calls, and drains them, until the journal goes on in a new file. */
function fillSegment(journal: WrittenJournal): void {
  const before = readdirSync(directory).at(-1);
  for (let number = 1_000; readdirSync(directory).at(-1) === before; number += 1) {
    journal.settled(settledCall(number));
    idsToRead(journal);
  }
}

const START = { model: "claude-sonnet-5-5", usage: { ...UNREPORTED_USAGE, inputTokens: 77 } };

describe("what was written survives the process", () => {
  it("a settled call is given out, whole, until it is acknowledged, and again after a kill", () => {
    const journal = start();
    journal.open(openCall(1));
    journal.settled(settledCall(1, { listCost: 9_007_199_254_740_993n, sessionId: "söss\n\u2028" }));
    const next = start();
    expect(next.backlog()).toBe(1);
    expect(next.read().calls).toEqual([
      settledCall(1, { listCost: 9_007_199_254_740_993n, sessionId: "söss\n\u2028" }),
    ]);
    expect(next.read().calls).toHaveLength(1);
    expect(next.lost).toEqual([]);
    expect(idsToRead(next)).toEqual([callId(1)]);
    expect([next.backlog(), next.read().calls]).toEqual([0, []]);
  });

  it("a call that was open at the kill is known, with what had been reported of it, until its end is written", () => {
    const journal = start();
    journal.open(openCall(1));
    journal.open(openCall(2));
    journal.started({ id: callId(2), ...START });
    const next = start();
    expect(next.lost).toEqual([
      { call: openCall(1), start: null },
      { call: openCall(2), start: { id: callId(2), ...START } },
    ]);
    next.settled(settledCall(1));
    expect(start().lost.map(({ call }) => call.id)).toEqual([callId(2)]);
  });

  it("a call in flight moves along when the journal goes on in a new file", () => {
    const journal = start();
    journal.open(openCall(1));
    journal.started({ id: callId(1), ...START });
    fillSegment(journal);
    expect(readdirSync(directory)).toHaveLength(2);
    fillSegment(journal);
    expect(start().lost).toEqual([{ call: openCall(1), start: { id: callId(1), ...START } }]);
  });

  it("files whose calls are all in the ledger go", () => {
    const journal = start();
    for (let round = 0; round < 3; round += 1) fillSegment(journal);
    journal.settled(settledCall(1));
    idsToRead(journal);
    expect(readdirSync(directory)).toHaveLength(1);
    expect(statSync(segmentPath(directory, 4)).size).toBeLessThan(2_000);
  });

  it("what is reported of a call after its end keeps nothing in the journal", () => {
    const journal = start();
    journal.settled(settledCall(1));
    journal.started({ id: callId(1), ...START });
    expect(start().lost).toEqual([]);
  });

  it("damage in the middle costs the damaged lines, and no others", () => {
    const journal = start();
    journal.settled(settledCall(1));
    appendFileSync(
      segmentPath(directory, 1),
      `${"\0".repeat(300_000)}\n{"kind":"settled"}\n{"kind":"open","call":null}\nnull\n[]\n"x"\n`,
    );
    journal.settled(settledCall(2));
    appendFileSync(segmentPath(directory, 1), '{"kind":"settled","call":{"id":');
    const next = start();
    next.settled(settledCall(3));
    expect(idsToRead(next)).toEqual([callId(1), callId(2), callId(3)]);
    expect(next.lost).toEqual([]);
  });
});

describe("a disk that refuses", () => {
  it("a call that cannot be written must not go out, and is not charged later", () => {
    const journal = start();
    refuse("write");
    disk.halfway = 1_000;
    expect(journal.open(openCall(1))).toBe(false);
    works();
    journal.open(openCall(2));
    expect(start().lost.map(({ call }) => call.id)).toEqual([callId(2)]);
  });

  it.each([0, 1, 100, 1_000_000])(
    "the end of a call is written as soon as there is room (%d bytes went through)",
    async (halfway) => {
      const journal = start();
      journal.open(openCall(1));
      refuse("write");
      disk.halfway = halfway;
      journal.settled(settledCall(1));
      expect(journal.read().calls).toEqual([]);
      works();
      journal.settled(settledCall(2));
      await vi.waitFor(() => expect(journal.read().calls).toHaveLength(2));
      expect(idsToRead(start()).toSorted()).toEqual([callId(1), callId(2)]);
    },
  );

  it("half a line that cannot be taken back does not swallow the next one", () => {
    const journal = start();
    refuse("write", "ftruncate");
    disk.halfway = 1_000_000;
    expect(journal.open(openCall(1))).toBe(false);
    works();
    journal.settled(settledCall(2));
    journal.settled(settledCall(3));
    expect(idsToRead(journal)).toEqual([callId(2), callId(3)]);
    expect(start().lost).toEqual([]);
  });

  it.each([["open"], ["write"]])(
    "where no new file can be begun (%s), the old one goes on and loses nothing",
    (call) => {
      const journal = start();
      journal.open(openCall(1));
      for (let number = 100; number < 250; number += 1) journal.settled(settledCall(number));
      const batch = journal.read();
      refuse(call);
      journal.acknowledge(batch);
      works();
      journal.settled(settledCall(2));
      expect(idsToRead(journal)).toContain(callId(2));
      expect(start().lost.map((lost) => lost.call.id)).toEqual([callId(1)]);
      fillSegment(journal);
      expect(start().lost.map((lost) => lost.call.id)).toEqual([callId(1)]);
    },
  );

  it("a file that cannot be removed is read over and removed later", () => {
    const journal = start();
    refuse("unlink");
    fillSegment(journal);
    journal.settled(settledCall(1));
    expect(idsToRead(journal)).toEqual([callId(1)]);
    expect([journal.backlog(), readdirSync(directory).length]).toEqual([0, 2]);
    works();
    journal.settled(settledCall(2));
    idsToRead(journal);
    expect(readdirSync(directory)).toHaveLength(1);
  });

  it("the beginning of a call is kept while its end waits to be written", () => {
    const lost = start();
    lost.open(openCall(1));
    const journal = start();
    journal.settled(settledCall(2));
    refuse("write");
    journal.settled(settledCall(1));
    disk.refuses.delete("write");
    const batch = journal.read();
    refuse("write");
    journal.acknowledge(batch);
    works();
    expect(start().lost.map(({ call }) => call.id)).toEqual([callId(1)]);
  });

  it("lines that it refuses together are tried one by one", () => {
    const journal = openJournal(directory, SILENT);
    const told: string[] = [];
    const tell = (what: string) => (isWritten?: boolean) => void told.push(isWritten === false ? `no ${what}` : what);
    journal.open(openCall(1), tell("open 1"));
    journal.settled(settledCall(2), tell("settled 2"));
    journal.open(openCall(3, { sessionId: "s".repeat(100) }), tell("open 3"));
    refuse("write");
    disk.halfway = 0;
    journal.flush();
    expect(told).toEqual(["no open 1", "settled 2", "no open 3"]);
    works();
    journal.settled(settledCall(4));
    journal.close();
    expect(idsToRead(start()).toSorted()).toEqual([callId(2), callId(4)]);
    expect(start().lost).toEqual([]);
  });

  it("what still waits is written when the gateway ends in order", () => {
    const journal = start();
    refuse("write");
    journal.settled(settledCall(1));
    works();
    journal.close();
    expect(idsToRead(start())).toEqual([callId(1)]);
  });
});
