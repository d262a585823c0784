import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { UNREPORTED_USAGE } from "#domain/token-usage.ts";
import { openJournal } from "#gateway/journal.ts";
import { segmentPath } from "#gateway/journal-segments.ts";
import { callId, openCall, SILENT, settledCall } from "#testing/calls.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "trinity-test-journal-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("lines of one turn of the event loop", () => {
  const told: string[] = [];
  const tell = (what: string) => (isWritten?: boolean) => void told.push(isWritten === false ? `no ${what}` : what);
  beforeEach(() => {
    told.length = 0;
  });
  const written = () => readFileSync(segmentPath(directory, 1), "utf8");

  it("are written together, in order, when it ends, and nobody is told before", async () => {
    const journal = openJournal(directory, SILENT);
    journal.open(openCall(1), tell("open 1"));
    journal.open(openCall(2), tell("open 2"));
    journal.settled(settledCall(3), tell("settled 3"));
    await Promise.resolve();
    expect([told, written()]).toEqual([[], ""]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(["open 1", "open 2", "settled 3"]);
    expect(written().match(/"id":"[^"]+"/g)).toEqual([1, 2, 3].map((number) => `"id":"${callId(number)}"`));
    expect(openJournal(directory, SILENT).lost.map(({ call }) => call.id)).toEqual([callId(1), callId(2)]);
  });

  it("come before what a stream reports, what is read, and the end of the gateway", () => {
    const journal = openJournal(directory, SILENT);
    journal.open(openCall(1), tell("open 1"));
    journal.started({ id: callId(1), model: "claude-sonnet-5-5", usage: UNREPORTED_USAGE });
    expect(told).toEqual(["open 1"]);
    journal.settled(settledCall(1), tell("settled 1"));
    expect(journal.read().calls).toHaveLength(1);
    journal.settled(settledCall(2), tell("settled 2"));
    journal.close();
    expect(told).toEqual(["open 1", "settled 1", "settled 2"]);
    expect(
      openJournal(directory, SILENT)
        .read()
        .calls.map(({ id }) => id),
    ).toEqual([callId(1), callId(2)]);
  });

  it("keep the beginning of a call until its end is written, also when the file changes in between", () => {
    const journal = openJournal(directory, SILENT);
    journal.open(openCall(1), tell("open 1"));
    journal.flush();
    for (let number = 100; number < 250; number += 1) journal.settled(settledCall(number));
    const batch = journal.read();
    journal.settled(settledCall(1));
    journal.acknowledge(batch);
    journal.close();
    const next = openJournal(directory, SILENT);
    expect(next.lost).toEqual([]);
    expect(next.read().calls.map(({ id }) => id)).toContain(callId(1));
  });
});
