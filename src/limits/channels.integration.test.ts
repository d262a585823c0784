import { randomUUID } from "node:crypto";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { signatureHeaders } from "#limits/webhook-signature.ts";
import { ADA, addHook, addMailChannel, createTestWarnings, type TestWarnings, until } from "#testing/warnings.ts";

let warnings: TestWarnings;

beforeEach(async () => {
  warnings = await createTestWarnings();
});
afterEach(() => warnings.close());

describe("channels", () => {
  it("show neither the whole address nor the secret again, not in the audit log either", async () => {
    const notifications = warnings.openNotifications();
    const { channels } = notifications;
    const { channel, secret } = await addHook(notifications, "webhook", "https://hooks.example.com/T0/SECRETPATH");
    expect(secret).toMatch(/^whsec_/);
    const input = { name: "Renamed", isEnabled: true, addresses: [], url: null };
    const renamed = await channels.update(ADA, channel, input);
    expect(renamed).toMatchObject({ name: "Renamed", host: "hooks.example.com", version: 2 });
    await channels.remove(ADA, channel.id);

    const { rows } = await warnings.pool.query("SELECT action, before, after FROM audit_log ORDER BY id");
    expect(rows.map(({ action }) => action)).toEqual([
      "notification_channel.create",
      "notification_channel.update",
      "notification_channel.remove",
    ]);
    for (const shown of [JSON.stringify([channel, renamed]), JSON.stringify(rows)]) {
      expect(shown).not.toMatch(/SECRETPATH|whsec_/);
    }
  });

  it("keep their address and secret when they are renamed", async () => {
    const hook = await warnings.receiver();
    const notifications = warnings.openNotifications();
    const { channel, secret } = await addHook(notifications, "webhook", hook.url);
    await notifications.channels.update(ADA, channel, { name: "New", isEnabled: true, addresses: [], url: null });
    expect(await notifications.channels.test(ADA, channel.id)).toMatchObject([{ isDelivered: true }]);
    const { headers, body = "" } = hook.hooks[0] ?? {};
    const at = new Date(Number(headers?.["webhook-timestamp"]) * 1000);
    const expected = signatureHeaders(secret ?? "", { id: String(headers?.["webhook-id"]), at, body });
    expect(headers).toMatchObject(expected);
  });

  it("changed by two admins at once: the second is told", async () => {
    const notifications = warnings.openNotifications();
    const { channel } = await addMailChannel(notifications);
    const input = { name: "A", isEnabled: true, addresses: [], url: null };
    await notifications.channels.update(ADA, channel, input);
    await expect(notifications.channels.update(ADA, channel, input)).rejects.toMatchObject({ code: "conflict" });
  });

  it("are tested with the outcome, once, and the log has it", async () => {
    const notifications = warnings.openNotifications({ smtpUrl: "smtp://127.0.0.1:9" });
    const { channels } = notifications;
    const { channel } = await addMailChannel(notifications, ["ops@example.com"]);
    const reason = "the mail server cannot be reached";
    expect(await channels.test(ADA, channel.id)).toEqual([
      { recipient: "ada@example.com", isDelivered: false, reason },
      { recipient: "ops@example.com", isDelivered: false, reason },
    ]);
    const { entries } = await channels.log({ channelId: null, cursor: null, limit: 10 });
    expect(entries.map(({ state, isTest, lastError }) => [state, isTest, lastError])).toEqual([
      ["failed", true, reason],
      ["failed", true, reason],
    ]);
  });

  it("send a message that was given up once more when an admin says so", async () => {
    const server = await warnings.mailServer({ refuses: "gone@example.com" });
    const notifications = warnings.openNotifications({ smtpUrl: server.url });
    const { channel } = await addMailChannel(notifications, ["gone@example.com"]);
    notifications.worker.start();
    await warnings.raiseAlert();
    await warnings.untilEach(3, ({ state }) => state !== "pending");
    const failed = (await warnings.outbox()).find(({ state }) => state === "failed");
    await notifications.channels.retry(ADA, failed?.id ?? randomUUID());
    await warnings.untilEach(3, ({ state }) => state !== "pending");
    await expect(notifications.channels.retry(ADA, randomUUID())).rejects.toMatchObject({ code: "conflict" });
    const page = await notifications.channels.log({ channelId: channel.id, cursor: null, limit: 2 });
    expect(page.entries).toHaveLength(2);
    expect(page.nextCursor).not.toBeNull();
  });

  it("turned off send nothing, and what waited on them is given up", async () => {
    const notifications = warnings.openNotifications({ smtpUrl: "smtp://127.0.0.1:9" });
    const { channel } = await addMailChannel(notifications);
    notifications.worker.start();
    await warnings.raiseAlert(50);
    await until(async () => (await warnings.outbox()).length === 2);
    await notifications.channels.update(ADA, channel, { name: "Mail", isEnabled: false, addresses: [], url: null });
    await warnings.raiseAlert(80);
    await until(async () => {
      const { rows } = await warnings.pool.query("SELECT 1 FROM alerts WHERE dispatched_at IS NULL");
      return rows.length === 0;
    });
    await warnings.untilEach(2, ({ state }) => state === "failed");
  });
});
