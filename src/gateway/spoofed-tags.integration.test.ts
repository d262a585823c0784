import { afterAll, beforeAll, expect, it } from "vitest";

import { startTestGateway, type TestGateway } from "#testing/gateway.ts";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

it("an agent that calls itself another is recorded as itself, with its own tags, and the lie goes no further", async () => {
  const [liar, victim] = [await gateway.addAgent("liar"), await gateway.addAgent("victim")];
  await gateway.pool.query("UPDATE agent_ownership SET type = 'honest' WHERE id = $1", [liar.id]);
  const lies = {
    "X-Trinity-Agent-Name": "victim",
    "X-Trinity-Owner": "somebody-else",
    "X-Trinity-Template": "github:evil/evil",
    "Helicone-User-Id": "victim",
    "Helicone-Property-Agent-Name": "victim",
    "Helicone-Property-Agent-Type": "admin",
  };
  const response = await fetch(`${gateway.url}/v1/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${liar.key}`, "content-type": "application/json", ...lies },
    body: JSON.stringify({
      model: "claude-sonnet-4-5",
      max_tokens: 64,
      metadata: { user_id: "victim" },
      messages: [{ role: "user", content: "hello" }],
    }),
  });
  await response.arrayBuffer();
  expect(response.status).toBe(200);

  expect(await gateway.ledger(victim, 0)).toEqual([]);
  const [row] = await gateway.ledger(liar, 1);
  const { rows } = await gateway.pool.query(
    `SELECT agent_name, owner_id, type, template FROM agent_tags
     WHERE agent_id = $1 AND valid_from <= $2 ORDER BY valid_from DESC LIMIT 1`,
    [row?.agent_id, row?.admitted_at],
  );
  expect(rows).toEqual([{ agent_name: "liar", owner_id: null, type: "honest", template: null }]);
  const sent = Object.keys(gateway.upstream.calls.at(-1)?.headers ?? {});
  expect(sent.filter((name) => /^(x-trinity|helicone)/i.test(name))).toEqual([]);
});
