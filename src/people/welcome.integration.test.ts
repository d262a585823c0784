import { randomUUID } from "node:crypto";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { hashSecret } from "#secret-token.ts";
import { createTestPortal, TEST_PASSWORD, type TestPerson, type TestPortal } from "#testing/portal.ts";

let portal: TestPortal;

beforeEach(async () => {
  portal = await createTestPortal(new Date());
});
afterEach(() => portal.close());

/** As the supervisor leaves it. */
async function insertSetupLink(expiresInMs = 60_000): Promise<string> {
  const token = randomUUID() + randomUUID();
  await portal.pool.query(
    "INSERT INTO invitations (id, token_hash, kind, role, expires_at) VALUES ($1, $2, 'setup', 'admin', $3)",
    [randomUUID(), hashSecret(token), new Date(Date.now() + expiresInMs)],
  );
  return token;
}

const tokenOf = (link: string) => link.split("#")[1] ?? "";
const newcomer = (token: string) => ({ token, name: "Nina", email: "Nina@Example.com ", password: TEST_PASSWORD });
const accept = (input: ReturnType<typeof newcomer>) => portal.platform.welcome.accept(input, "192.0.2.1");
const check = (token: string) => portal.platform.welcome.check(token, "192.0.2.1");
const signIn = (email: string, password = TEST_PASSWORD) =>
  portal.platform.accounts.signIn({ email, password, address: "192.0.2.1" });

describe("the set-up link", () => {
  it("makes the first admin, once", async () => {
    const token = await insertSetupLink();
    expect(await check(token)).toEqual({ kind: "setup", email: null, role: "admin" });
    await accept(newcomer(token));

    expect(await signIn("nina@example.com")).toMatchObject({ outcome: "signed_in", account: { role: "admin" } });
    await expect(accept({ ...newcomer(token), email: "two@example.com" })).rejects.toMatchObject({ code: "not_found" });
    expect(await portal.audit()).toMatchObject([{ action: "person.set_up", actor_name: "Nina" }]);
  });

  it("does not work once somebody has an account, however fresh it is", async () => {
    const token = await insertSetupLink();
    await portal.addPerson("Ada", "admin");
    await expect(check(token)).rejects.toMatchObject({ code: "conflict" });
    await expect(accept(newcomer(token))).rejects.toMatchObject({ code: "conflict" });
  });

  it("makes one admin when two links and many people race", async () => {
    const tokens = [await insertSetupLink(), await insertSetupLink()];
    const outcomes = await Promise.allSettled(
      [0, 1, 2, 3, 4, 5].map((n) =>
        accept({ ...newcomer(tokens[n % 2] ?? ""), email: `racer${n}@example.com`, name: `Racer ${n}` }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    const users = await portal.pool.query("SELECT role FROM users");
    expect(users.rows).toEqual([{ role: "admin" }]);
  });

  it("does not work after its time", async () => {
    const token = await insertSetupLink(-60_000);
    await expect(check(token)).rejects.toMatchObject({ code: "not_found" });
    await expect(accept(newcomer(token))).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("an invitation", () => {
  let admin: TestPerson;
  beforeEach(async () => {
    admin = await portal.addPerson("Ada", "admin");
  });
  const invite = (email = "nina@example.com") => portal.platform.people.invite(admin.actor, { email, role: "owner" });

  it("gives the account the invited e-mail and role, whatever else is sent along", async () => {
    const { link } = await invite(" Nina@example.com");
    expect(link).toMatch(/^http:\/\/localhost:3000\/welcome#[A-Za-z0-9_-]{43}$/);
    expect(await check(tokenOf(link))).toEqual({ kind: "invite", email: "nina@example.com", role: "owner" });
    await accept({ ...newcomer(tokenOf(link)), email: "else@example.com" });
    expect(await signIn("nina@example.com")).toMatchObject({ account: { role: "owner", name: "Nina" } });
    expect(await signIn("else@example.com")).toMatchObject({ outcome: "refused" });
  });

  it("is used by exactly one of those who race for it", async () => {
    const token = tokenOf((await invite()).link);
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => accept(newcomer(token))));
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    const refusals = outcomes.filter((outcome) => outcome.status === "rejected");
    for (const refusal of refusals) expect(refusal.reason).toMatchObject({ code: "not_found" });
  });

  it("survives an unusable password or name", async () => {
    const token = tokenOf((await invite()).link);
    await expect(accept({ ...newcomer(token), password: "short" })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(accept({ ...newcomer(token), password: "nina@example.com" })).rejects.toMatchObject({
      code: "invalid_input",
    });
    await expect(accept({ ...newcomer(token), name: " " })).rejects.toMatchObject({ code: "invalid_input" });
    await accept(newcomer(token));
  });

  it("replaces the one before, can be cancelled, and is listed while it can be used", async () => {
    const first = await invite();
    const second = await invite();
    await expect(check(tokenOf(first.link))).rejects.toMatchObject({ code: "not_found" });
    const { pending } = await portal.platform.people.list();
    expect(pending).toMatchObject([{ email: "nina@example.com", role: "owner", expiresAt: second.expiresAt }]);

    await portal.platform.people.cancelInvitation(admin.actor, pending[0]?.id ?? "");
    await expect(check(tokenOf(second.link))).rejects.toMatchObject({ code: "not_found" });
    expect((await portal.platform.people.list()).pending).toEqual([]);
    await expect(portal.platform.people.cancelInvitation(admin.actor, pending[0]?.id ?? "")).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("is refused for an e-mail that has an account, also when the account came later", async () => {
    await expect(invite("ada@example.com")).rejects.toMatchObject({ code: "conflict" });
    const { link } = await invite();
    await portal.addPerson("Nina");
    await expect(accept(newcomer(tokenOf(link)))).rejects.toMatchObject({ code: "conflict" });
  });

  it("is kept as a hash only", async () => {
    const { link } = await invite();
    const rows = await portal.pool.query(
      "SELECT i::text AS invitation, l::text AS log FROM invitations i, audit_log l",
    );
    expect(JSON.stringify(rows.rows)).not.toContain(tokenOf(link));
  });
});

describe("a reset link", () => {
  it("replaces the password and ends the person's sessions", async () => {
    const admin = await portal.addPerson("Ada", "admin");
    const olga = await portal.addPerson("Olga");
    const token = tokenOf((await portal.platform.people.resetLink(admin.actor, olga.actor.userId)).link);
    expect(await check(token)).toEqual({ kind: "reset", email: "olga@example.com", role: "owner" });
    await portal.platform.welcome.accept({ token, password: "an entirely new phrase" }, "192.0.2.1");

    expect(await signIn("olga@example.com")).toMatchObject({ outcome: "refused" });
    expect(await signIn("olga@example.com", "an entirely new phrase")).toMatchObject({ outcome: "signed_in" });
    expect(await portal.platform.accounts.actorOf({ userId: olga.actor.userId, sessionVersion: 1 })).toBeNull();
  });

  it("does not open a disabled account", async () => {
    const admin = await portal.addPerson("Ada", "admin");
    const olga = await portal.addPerson("Olga");
    const token = tokenOf((await portal.platform.people.resetLink(admin.actor, olga.actor.userId)).link);
    await portal.platform.people.setDisabled(admin.actor, olga.actor.userId, true);
    await expect(
      portal.platform.welcome.accept({ token, password: "an entirely new phrase" }, "192.0.2.1"),
    ).rejects.toMatchObject({ code: "not_allowed" });
    await expect(portal.platform.people.resetLink(admin.actor, olga.actor.userId)).rejects.toMatchObject({
      code: "not_allowed",
    });
  });
});

describe("guessing", () => {
  it("of links is stopped after thirty tries from one address, with the time to wait", async () => {
    for (let n = 0; n < 30; n += 1) await expect(check(`guess-${n}`)).rejects.toMatchObject({ code: "not_found" });
    await expect(check("guess-31")).rejects.toMatchObject({
      code: "too_many_attempts",
      message: "Too many attempts. Try again in 5 minutes.",
    });
    await expect(portal.platform.welcome.check("guess", "198.51.100.7")).rejects.toMatchObject({ code: "not_found" });
  });
});
