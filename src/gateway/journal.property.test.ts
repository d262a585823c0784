import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

import fc from "fast-check";
import { afterAll, describe, expect, it, vi } from "vitest";

import { UNREPORTED_USAGE } from "#domain/token-usage.ts";
import { callId, openCall, settledCall } from "#testing/calls.ts";
import { openWrittenJournal, type WrittenJournal } from "#testing/written-journal.ts";

/** The page cache outlives a process; what a power cut does is not what is tried here, thousands of times. */
vi.mock("node:fs", async (importOriginal) => ({
  ...(await importOriginal<typeof import("node:fs")>()),
  fdatasyncSync: () => undefined,
}));

const root = mkdtempSync(path.join(os.tmpdir(), "trinity-test-journal-"));
afterAll(() => rmSync(root, { recursive: true }));

function emptyFolder(): string {
  return mkdtempSync(path.join(root, "journal-"));
}

function idsToRead(journal: WrittenJournal): string[] {
  const ids: string[] = [];
  for (let batch = journal.read(); batch.calls.length > 0; batch = journal.read()) {
    ids.push(...batch.calls.map((call) => call.id));
    journal.acknowledge(batch);
  }
  return ids;
}

const CALLS_MAX = 6;
type Step =
  | { kind: "next" | "killMidRecovery"; count: number }
  | { kind: "read" | "drain" | "kill" | "close" | "fill" };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("next" as const), count: fc.nat(CALLS_MAX - 1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("read" as const, "drain" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("kill" as const, "close" as const, "fill" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("killMidRecovery" as const), count: fc.nat(CALLS_MAX) }) },
);

/** A journal over several lives of its gateway, with what must be true of it kept beside, as plain sets. */
function createLives(directory: string) {
  const truth = { open: new Set<string>(), settled: new Set<string>(), delivered: new Set<string>() };
  const stages: number[] = [];
  let filler = 1_000;
  let journal = openWrittenJournal(directory);

  const settle = (id: string, number: number) => {
    journal.settled(settledCall(number, { id }));
    truth.open.delete(id);
    truth.settled.add(id);
  };
  /** The next life begins as the gateway does: what was lost is settled before anything is drained. */
  const start = (lostMax: number) => {
    journal = openWrittenJournal(directory);
    expect(journal.lost.map(({ call }) => call.id).toSorted()).toEqual([...truth.open].toSorted());
    for (const { call } of journal.lost.slice(0, lostMax)) settle(call.id, 0);
  };
  /** Each call opens, may be reported, and settles, one stage at each of its turns. */
  const next = (number: number) => {
    const id = callId(number);
    const stage = stages[number] ?? 0;
    stages[number] = stage + 1;
    if (stage === 0) {
      journal.open(openCall(number));
      truth.open.add(id);
    } else if (truth.settled.has(id)) return;
    else if (stage === 1) journal.started({ id, model: null, usage: { ...UNREPORTED_USAGE, inputTokens: 5 } });
    else settle(id, number);
  };
  const drain = () => {
    const batch = journal.read();
    journal.acknowledge(batch);
    for (const call of batch.calls) truth.delivered.add(call.id);
  };
  const fill = () => {
    for (const end = filler + 150; filler < end; filler += 1) settle(callId(filler), filler);
  };
  const close = () => {
    journal.close();
    start(CALLS_MAX);
  };
  const killMidRecovery = (lostMax: number) => {
    start(lostMax);
    start(CALLS_MAX);
  };
  return { truth, journal: () => journal, next, drain, fill, close, killMidRecovery, kill: () => start(CALLS_MAX) };
}

function perform(lives: ReturnType<typeof createLives>, taken: Step): void {
  if (taken.kind === "next" || taken.kind === "killMidRecovery") lives[taken.kind](taken.count);
  else if (taken.kind === "read") lives.journal().read();
  else lives[taken.kind]();
}

describe("whatever happens in whatever order", () => {
  it("every settled call is given out, in one life or another, and what is open is known to the next life", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const lives = createLives(emptyFolder());
        for (const taken of steps) perform(lives, taken);
        const journal = lives.journal();
        const given = new Set([...lives.truth.delivered, ...idsToRead(journal)]);
        expect(given).toEqual(lives.truth.settled);
        expect(journal.backlog()).toBe(0);
        journal.close();
      }),
      { numRuns: 300 },
    );
  });
});

describe("torn at any byte", () => {
  const source = emptyFolder();
  const journal = openWrittenJournal(source);
  journal.open(openCall(1));
  journal.open(openCall(2, { sessionId: "sé😀" }));
  journal.started({ id: callId(2), model: "m", usage: { ...UNREPORTED_USAGE, inputTokens: 5 } });
  journal.settled(settledCall(1));
  journal.open(openCall(3));
  journal.settled(settledCall(2));
  journal.close();
  const [name = ""] = readdirSync(source);
  const whole = readFileSync(path.join(source, name));

  it("the journal opens, and knows exactly the calls whose lines are whole", () => {
    const lastLines = whole.subarray(0, -1).toString("latin1").split("\n").slice(-2).join("\n").length;
    for (let length = whole.length - lastLines - 3; length <= whole.length; length += 1) {
      const directory = emptyFolder();
      writeFileSync(path.join(directory, name), whole.subarray(0, length));
      const lines = whole.subarray(0, length).toString("utf8").split("\n").slice(0, -1);
      const idsOf = (kind: string) =>
        lines.filter((line) => line.includes(`"kind":"${kind}"`)).map((line) => JSON.parse(line).call.id);
      const torn = openWrittenJournal(directory);
      const settled = idsOf("settled");
      expect(torn.lost.map(({ call }) => call.id)).toEqual(idsOf("open").filter((id) => !settled.includes(id)));
      torn.settled(settledCall(9));
      expect(idsToRead(torn)).toEqual([...settled, callId(9)]);
      torn.close();
      rmSync(directory, { recursive: true });
    }
  });
});
