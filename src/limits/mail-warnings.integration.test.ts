import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { addMailChannel, createTestWarnings, LINK_BASE, type TestWarnings, until } from "#testing/warnings.ts";

let warnings: TestWarnings;

beforeEach(async () => {
  warnings = await createTestWarnings();
});
afterEach(() => warnings.close());

describe("warnings by mail", () => {
  it("reach the owner, the admins and the fixed addresses, once each, with figures and a link", async () => {
    const server = await warnings.mailServer();
    const notifications = warnings.openNotifications({ smtpUrl: server.url });
    await addMailChannel(notifications, ["ops@example.com", "ADA@example.com"]);
    notifications.worker.start();
    await warnings.raiseAlert();

    await warnings.untilEach(3, ({ state }) => state === "delivered");
    expect(server.mails.map(({ to }) => to).toSorted()).toEqual([
      ["ada@example.com"],
      ["olga@example.com"],
      ["ops@example.com"],
    ]);
    const raw = server.mails.find(({ to }) => to.includes("olga@example.com"))?.raw ?? "";
    const [row] = (await warnings.outbox()).filter(({ recipient }) => recipient === "olga@example.com");
    expect(raw).toContain("Subject: builder has spent 80 % of its daily limit");
    expect(raw).toContain("From: Trinity <trinity@example.com>");
    expect(raw).toContain(`Message-ID: <${row?.id}@example.com>`);
    expect(raw).toMatch(/Spent: +\$8\.12\r\n/);
    expect(raw).toMatch(/Limit: +\$10\.00\r\n/);
    expect(raw.replace(/=\r\n/g, "")).toContain(`${LINK_BASE}/agents/builder?tab`);
    expect(raw).toContain("text/html");
    await sleep(200);
    expect(server.mails).toHaveLength(3);
  });

  it("say where the day is going, by the agent's own pace", async () => {
    const server = await warnings.mailServer();
    const notifications = warnings.openNotifications({ smtpUrl: server.url });
    await addMailChannel(notifications);
    await warnings.pool.query(
      `INSERT INTO usage_quarter_hours (agent_id, bucket_start, model, requests, failed, refused, estimated, cost_nano_usd,
         input_tokens, output_tokens, cache_read_input_tokens, cache_creation_5m_input_tokens,
         cache_creation_1h_input_tokens, web_search_requests)
       SELECT id, bucket, 'm', 1, 0, 0, 0, 250000000, 0, 0, 0, 0, 0, 0
       FROM agent_ownership, generate_series('2026-11-24T09:45:00Z'::timestamptz, '2026-11-24T11:45:00Z', '15 min') AS bucket`,
    );
    notifications.worker.start();
    await warnings.raiseAlert();
    await until(() => server.mails.length === 2);
    // $1 an hour: $1.88 more lasts until 13:52, and twelve hours more make $20.
    const text = (server.mails[0]?.raw ?? "").replace(/=\r\n/g, "");
    expect(text).toContain("Limit reached:  at about 24 Nov 2026, 13:52 UTC, at this pace");
    expect(text).toContain("Period ends at: about $20.12, at this pace");
  });

  it("are not lost while the mail server is away, and come once each when it is back", async () => {
    const server = await warnings.mailServer();
    await server.close();
    const notifications = warnings.openNotifications({ smtpUrl: server.url });
    await addMailChannel(notifications);
    notifications.worker.start();
    await warnings.raiseAlert(50);
    await warnings.raiseAlert(80);
    await warnings.untilEach(4, ({ last_error }) => last_error !== null);
    expect((await warnings.outbox()).map(({ state, last_error }) => [state, last_error])).toEqual(
      Array.from({ length: 4 }, () => ["pending", "the mail server cannot be reached"]),
    );

    const back = await warnings.mailServer({ port: server.port });
    warnings.time.now = new Date(warnings.time.now.getTime() + 15_000);
    notifications.worker.wake();
    await warnings.untilEach(4, ({ state }) => state === "delivered");
    expect(back.mails.map(({ to, raw }) => `${to} ${/Subject: .+/.exec(raw)}`).toSorted()).toEqual([
      "ada@example.com Subject: builder has spent 50 % of its daily limit",
      "ada@example.com Subject: builder has spent 80 % of its daily limit",
      "olga@example.com Subject: builder has spent 50 % of its daily limit",
      "olga@example.com Subject: builder has spent 80 % of its daily limit",
    ]);
  });

  it("to an address that the server does not know are given up at once", async () => {
    const server = await warnings.mailServer({ refuses: "gone@example.com" });
    const notifications = warnings.openNotifications({ smtpUrl: server.url });
    await addMailChannel(notifications, ["gone@example.com"]);
    notifications.worker.start();
    await warnings.raiseAlert();
    await warnings.untilEach(3, ({ state }) => state !== "pending");
    expect((await warnings.outbox()).map(({ recipient, state, attempts }) => [recipient, state, attempts])).toEqual([
      ["ada@example.com", "delivered", 1],
      ["gone@example.com", "failed", 1],
      ["olga@example.com", "delivered", 1],
    ]);
  });

  it("that nobody was told of before the portal started are sent when it does", async () => {
    const server = await warnings.mailServer();
    await warnings.raiseAlert();
    const notifications = warnings.openNotifications({ smtpUrl: server.url });
    await addMailChannel(notifications);
    notifications.worker.start();
    await warnings.untilEach(2, ({ state }) => state === "delivered");
  });
});

describe("several portals", () => {
  it("send each message once between them", async () => {
    const server = await warnings.mailServer();
    const [first, second] = [
      warnings.openNotifications({ smtpUrl: server.url }),
      warnings.openNotifications({ smtpUrl: server.url }),
    ];
    await addMailChannel(first, ["a@example.com", "b@example.com", "c@example.com"]);
    first.worker.start();
    second.worker.start();
    for (const percent of [10, 20, 30, 40, 50, 60]) await warnings.raiseAlert(percent);
    await warnings.untilEach(30, ({ state }) => state === "delivered");
    const ids = server.mails.map(({ raw }) => /X-Trinity-Delivery: (\S+)/.exec(raw)?.[1]);
    expect(new Set(ids).size).toBe(30);
    expect(server.mails).toHaveLength(30);
  });

  it("take over a message whose sender was killed in the middle, with the same id", async () => {
    const server = await warnings.mailServer();
    const notifications = warnings.openNotifications({ smtpUrl: server.url });
    await addMailChannel(notifications);
    await warnings.raiseAlert();
    const store = warnings.outboxStore;
    await store.dispatch(warnings.time.now, async ({ id }, [channel]) => [
      {
        alertId: id,
        channelId: channel?.id ?? 0,
        recipient: "ada@example.com",
        message: { title: "t", figures: [], link: LINK_BASE, event: {} },
      },
    ]);
    const [taken] = await store.claim(warnings.time.now, new Date(warnings.time.now.getTime() + 120_000), []);
    notifications.worker.start();
    await sleep(200);
    expect(server.mails).toEqual([]);

    warnings.time.now = new Date(warnings.time.now.getTime() + 120_000);
    notifications.worker.wake();
    await warnings.untilEach(1, ({ state }) => state === "delivered");
    expect(server.mails[0]?.raw).toContain(`X-Trinity-Delivery: ${taken?.id}`);
    expect((await warnings.outbox())[0]?.attempts).toBe(2);
  });
});
