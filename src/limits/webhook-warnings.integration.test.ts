import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { signatureHeaders } from "#limits/webhook-signature.ts";
import { ADA, addHook, createTestWarnings, LINK_BASE, type TestWarnings, until } from "#testing/warnings.ts";

let warnings: TestWarnings;

beforeEach(async () => {
  warnings = await createTestWarnings();
});
afterEach(() => warnings.close());

describe("webhooks", () => {
  it("are signed: the documented recipe gives the same signature, and another body does not", async () => {
    const hook = await warnings.receiver();
    const notifications = warnings.openNotifications();
    const { secret } = await addHook(notifications, "webhook", hook.url);
    notifications.worker.start();
    await warnings.raiseAlert();
    await warnings.untilEach(1, ({ state }) => state === "delivered");

    const [received] = hook.hooks;
    const id = String(received?.headers["webhook-id"]);
    const at = new Date(Number(received?.headers["webhook-timestamp"]) * 1000);
    const body = received?.body ?? "";
    expect(signatureHeaders(secret ?? "", { id, at, body })["webhook-signature"]).toBe(
      received?.headers["webhook-signature"],
    );
    expect(signatureHeaders(secret ?? "", { id, at, body: `${body} ` })["webhook-signature"]).not.toBe(
      received?.headers["webhook-signature"],
    );
    expect(id).toBe((await warnings.outbox())[0]?.id);
    expect(at).toEqual(warnings.time.now);
    expect(JSON.parse(body)).toMatchObject({
      type: "alert.threshold",
      scope: "agent",
      agent: "builder",
      period: "day",
      threshold_percent: 80,
      limit_usd: "10",
      spent_usd: "8.12",
      url: `${LINK_BASE}/agents/builder?tab=budget`,
    });
  });

  it("of Slack's kind get one text with the figures and the link", async () => {
    const hook = await warnings.receiver();
    const notifications = warnings.openNotifications();
    await addHook(notifications, "slack", hook.url);
    notifications.worker.start();
    await warnings.raiseAlert();
    await warnings.untilEach(1, ({ state }) => state === "delivered");
    const { text } = JSON.parse(hook.hooks[0]?.body ?? "");
    expect(text.split("\n")[0]).toBe("*builder has spent 80 % of its daily limit*");
    expect(text).toContain("Spent: $8.12");
    expect(text).toContain(`<${LINK_BASE}/agents/builder?tab=budget|Open in the portal>`);
  });

  it("that hang hold up no other channel, and are tried again", async () => {
    const [hanging, well] = [await warnings.receiver(() => undefined), await warnings.receiver()];
    const notifications = warnings.openNotifications();
    await addHook(notifications, "webhook", hanging.url);
    await addHook(notifications, "slack", well.url);
    notifications.worker.start();
    for (const percent of [50, 80, 100]) await warnings.raiseAlert(percent);
    await until(() => well.hooks.length === 3);
    expect(hanging.hooks).toHaveLength(1);
    await until(async () => (await warnings.outbox()).some(({ last_error }) => last_error !== null));
    const failed = (await warnings.outbox()).filter(({ last_error }) => last_error !== null);
    expect(failed[0]).toMatchObject({ state: "pending", last_error: "no answer within 10 s" });
  }, 30_000);

  it("that fail are tried again with the same id and body, and a redirect is not followed", async () => {
    const elsewhere = await warnings.receiver();
    const moody = await warnings.receiver((response, count) => void response.writeHead(count === 1 ? 503 : 200).end());
    const moved = await warnings.receiver(
      (response) => void response.writeHead(307, { location: elsewhere.url }).end(),
    );
    const notifications = warnings.openNotifications();
    await addHook(notifications, "webhook", moody.url);
    await addHook(notifications, "slack", moved.url);
    notifications.worker.start();
    await warnings.raiseAlert();
    await warnings.untilEach(2, ({ last_error }) => last_error !== null);
    expect((await warnings.outbox()).map(({ state, last_error }) => [state, last_error]).toSorted()).toEqual([
      ["failed", "it answered 307: redirects are not followed"],
      ["pending", "it answered 503"],
    ]);
    warnings.time.now = new Date(warnings.time.now.getTime() + 15_000);
    notifications.worker.wake();
    await until(() => moody.hooks.length === 2);
    const [first, second] = moody.hooks;
    expect([second?.headers["webhook-id"], second?.body]).toEqual([first?.headers["webhook-id"], first?.body]);
    expect(elsewhere.hooks).toEqual([]);
  });

  it("to private addresses are refused, however the address is written", async () => {
    const { channels } = warnings.openNotifications({ webhookNetworks: [] });
    for (const url of [
      "http://127.0.0.1/x",
      "http://2130706433/x",
      "http://0x7f.1/x",
      "http://[::1]/x",
      "http://[::ffff:10.0.0.1]/x",
      "http://169.254.169.254/latest",
      "http://localhost:3000/x",
    ]) {
      const attempt = channels.create(ADA, "webhook", { name: "n", isEnabled: true, addresses: [], url });
      await expect(attempt, url).rejects.toMatchObject({ code: "invalid_input" });
    }
  });

  it("to a name that turns out to be private are refused when they are sent: nothing is connected to", async () => {
    const hook = await warnings.receiver();
    const notifications = warnings.openNotifications({ webhookNetworks: [] });
    // Names that looked harmless when they were saved.
    await warnings.pool.query(
      `INSERT INTO notification_channels (kind, name, config, updated_by)
       VALUES ('slack', 'name', jsonb_build_object('url', $1::text), 'x'), ('slack', 'number', jsonb_build_object('url', $2::text), 'x')`,
      [`http://localhost:${hook.port}/hook`, hook.url],
    );
    notifications.worker.start();
    await warnings.raiseAlert();
    await warnings.untilEach(2, ({ state }) => state === "failed");
    for (const { last_error } of await warnings.outbox())
      expect(last_error).toMatch(/private.*WEBHOOK_ALLOWED_NETWORKS/);
    expect(hook.hooks).toEqual([]);
  });
});
