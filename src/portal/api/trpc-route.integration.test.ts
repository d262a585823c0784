import superjson from "superjson";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { answerTrpcGet, answerTrpcPost } from "#portal/api/trpc-route.ts";
import { createTestPortal, PORTAL_URL, type TestPerson, type TestPortal } from "#testing/portal.ts";

let portal: TestPortal;
let admin: TestPerson;

beforeEach(async () => {
  portal = await createTestPortal();
  admin = await portal.addPerson("Ada", "admin");
});
afterEach(() => portal.close());

const query = (path: string, input?: unknown) => {
  const search = input === undefined ? "" : `?input=${encodeURIComponent(superjson.stringify(input))}`;
  return answerTrpcGet(new Request(`${PORTAL_URL}/api/trpc/${path}${search}`, { headers: { cookie: admin.cookie } }));
};
const mutate = (path: string, input: unknown, body = superjson.stringify(input)) =>
  answerTrpcPost(
    new Request(`${PORTAL_URL}/api/trpc/${path}`, {
      method: "POST",
      headers: { cookie: admin.cookie, origin: PORTAL_URL, "content-type": "application/json" },
      body,
    }),
  );
const refusalIn = async (response: Response) => {
  const { error } = await response.json();
  return [response.status, error.json.data.domainCode, error.json.message];
};

describe("procedures over HTTP", () => {
  it("carry amounts and instants exactly, and are kept by nobody", async () => {
    const agent = await portal.addAgent("builder");
    await portal.record({ agentId: agent.id, listCost: 9_007_199_254_740_993n });
    const response = await query("agents.get", { agentName: "builder" });
    expect(response.headers.get("cache-control")).toBe("no-store");
    const { result } = await response.json();
    expect(superjson.deserialize(result.data)).toMatchObject({
      today: 9_007_199_254_740_993n,
      lastSeenAt: portal.time.now,
      mayEdit: true,
    });
  });

  it("change things from the portal's own pages", async () => {
    const response = await mutate("agents.create", { name: "made" });
    expect(response.status).toBe(200);
    expect((await portal.platform.agents.find(admin.actor, "made")).name).toBe("made");
  });

  it("change nothing over GET", async () => {
    expect((await query("agents.create", { name: "made" })).status).toBe(405);
    await expect(portal.platform.agents.find(admin.actor, "made")).rejects.toMatchObject({ code: "not_found" });
  });

  it("refuse with a sentence and a code", async () => {
    await portal.addAgent("builder");
    expect(await refusalIn(await mutate("agents.create", { name: "builder" }))).toEqual([
      409,
      "conflict",
      'There is an agent named "builder" already. Choose another name.',
    ]);
    expect(await refusalIn(await query("costs.byDay", { agentName: "builder", days: 8 }))).toEqual([
      400,
      "invalid_input",
      "Choose 7 or 30 days.",
    ]);
    const limits = { agentName: "builder", version: 0, daily: "$10", monthly: null, actionOnExceed: "block" };
    expect(await refusalIn(await mutate("budgets.set", limits))).toEqual([
      400,
      "invalid_input",
      "The daily limit takes the number alone: write 10, without a currency.",
    ]);
    expect(await refusalIn(await query("agents.get", { agentName: "none" }))).toEqual([
      404,
      "not_found",
      'There is no agent named "none".',
    ]);
  });

  it("take no large body, and no long batch", async () => {
    const large = await mutate("agents.create", null, JSON.stringify({ json: { name: "x".repeat(300_000) } }));
    expect(large.status).toBe(400);
    const batch = Array.from({ length: 31 }, () => "account.me").join(",");
    expect((await query(`${batch}?batch=1`)).status).toBe(400);
  });

  it("hide a fault of ours", async () => {
    await portal.pool.query("ALTER TABLE agent_budgets RENAME TO gone");
    const response = await query("agents.list");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toMatch(/agent_budgets|prisma|stack/i);
  });
});
