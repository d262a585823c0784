import { afterAll, beforeAll, expect, it } from "vitest";

import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import { callId } from "#testing/calls.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";
import { type HeliconeStandIn, startHeliconeStandIn } from "../../../e2e/helicone/helicone-stand-in.ts";

const NOW = new Date("2026-11-24T12:00:00Z");

let helicone: HeliconeStandIn;
let portal: TestPortal;
let admin: TestPerson;
beforeAll(async () => {
  helicone = await startHeliconeStandIn({ upstreamUrl: "http://127.0.0.1:9" });
  portal = await createTestPortal(NOW, {
    settings: {
      HELICONE_ENABLED: "true",
      HELICONE_URL: helicone.jawnUrl,
      HELICONE_API_KEY: helicone.createKey("rw"),
    },
  });
  admin = await portal.addPerson("Ada", "admin");
});
afterAll(async () => {
  await portal.close();
  await helicone.close();
});

const call = (context = admin.context) => createCallerFactory(appRouter)(context).reconciliation;

it("an admin checks, sees what Helicone lacks, and has it sent again", async () => {
  const agent = await portal.addAgent("scout");
  const id = callId(1);
  await portal.record({ id, agentId: agent.id, admittedAt: new Date("2026-11-23T10:00:00Z"), listCost: 7n });
  expect(await call().check()).toEqual({ lastCheckAt: NOW, problem: null, isRunning: false });
  const { days } = await call().overview({ days: 7 });
  expect(days?.[1]?.agents).toMatchObject([{ agentName: "scout", ledgerCostNanoUsd: 7n, missingThere: 1 }]);
  const { differences, total } = await call().differences({ day: "2026-11-23" });
  expect([total, differences]).toMatchObject([1, [{ requestId: id, delivery: { state: "none" } }]]);
  expect(await call().resend({ day: "2026-11-23" })).toEqual({ requests: 1 });
  expect((await call().differences({ day: "2026-11-23" })).differences[0]?.delivery.state).toBe("waiting");
});

it("what keeps Helicone from answering is in the state, and the last comparison stays", async () => {
  await helicone.setFaults({ clickhouseDown: true });
  expect((await call().check()).problem?.reason).toBe("Helicone's ClickHouse does not answer.");
  expect((await call().overview({})).days).toHaveLength(7);
});

it.each(["yesterday", "2026-13-01", ""])("the day %j is refused", async (day) => {
  await expect(call().differences({ day })).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

it("where Helicone is off there is nothing to compare, and that is said", async () => {
  const off = await createTestPortal(NOW);
  const person = await off.addPerson("Ada", "admin");
  expect(await call(person.context).overview({})).toEqual({ days: null, state: null });
  await expect(call(person.context).check()).rejects.toMatchObject({ message: "Helicone is turned off." });
  await off.close();
});
