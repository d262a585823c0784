import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { openSession } from "#agent-server/session.ts";
import { turnMetadata } from "#agent-server/turn-metadata.ts";

const ID = "05dada38-247b-45a3-97de-52c81bb043d2";
const record = {
  sessionId: ID,
  model: "claude-opus-5-5",
  contextTokens: null,
  entries: [],
  toolCount: 0,
  result: null,
};
const METADATA = { ...turnMetadata(record, 10), cost_usd: 0.1 };
const EMPTY = { total_cost_usd: 0, context_tokens: 0, context_window: 200_000, message_count: 0, model: null };

let folder: string;
let file: string;
let errors: unknown[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "agent-session-"));
  file = path.join(folder, "inner", "session.json");
  errors = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const open = () => openSession(file, (error) => errors.push(error));

it("a conversation lasts over turns and restarts, and adds up its turns", async () => {
  const session = await open();
  expect(session.id()).toBeNull();
  expect(session.summary()).toEqual(EMPTY);
  session.turn().begun(ID);
  session.turn().ended(METADATA, 120);
  session.turn().ended({ ...METADATA, cost_usd: 0.2 }, null);
  const summary = { ...EMPTY, total_cost_usd: 0.3, context_tokens: 120, message_count: 4, model: "claude-opus-5-5" };
  expect(session.summary()).toEqual(summary);
  await expect.poll(async () => (await open()).summary()).toEqual(summary);
  expect((await open()).id()).toBe(ID);
});

it("a turn that began in an earlier conversation leaves the new one alone", async () => {
  const session = await open();
  const turn = session.turn();
  turn.begun(ID);
  await session.reset();
  turn.begun(ID);
  turn.ended(METADATA, 5);
  expect(session.id()).toBeNull();
  expect(session.summary()).toEqual(EMPTY);
  expect((await open()).id()).toBeNull();
});

it("a turn whose cost is not known adds nothing", async () => {
  const session = await open();
  session.turn().ended({ ...METADATA, cost_usd: null }, null);
  expect(session.summary()).toMatchObject({ total_cost_usd: 0, message_count: 2 });
});

it.each([
  ["", null],
  ["not JSON", null],
  ["[1]", null],
  [JSON.stringify({ session_id: "--dangerously-skip-permissions", message_count: -3, total_cost_usd: "9" }), null],
  [JSON.stringify({ session_id: ID, context_window: 0, total_cost_usd: null, model: 7 }), ID],
])("a file that says %j is believed as far as it can be", async (text, id) => {
  await (await open()).reset();
  await writeFile(file, text);
  const session = await open();
  expect(session.id()).toBe(id);
  expect(session.summary()).toEqual(EMPTY);
});

it("an id that is none is never taken over", async () => {
  const session = await open();
  session.turn().begun("--resume");
  expect(session.id()).toBeNull();
});

it("what cannot be written is reported, and kept in memory", async () => {
  await writeFile(path.join(folder, "inner"), "a file where the folder should be");
  const session = await open();
  session.turn().begun(ID);
  await expect.poll(() => errors).toHaveLength(1);
  expect(session.id()).toBe(ID);
});

it("the file is for its owner alone", async () => {
  const session = await open();
  await session.reset();
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual({ has_chosen_model: false, session_id: null, ...EMPTY });
});
