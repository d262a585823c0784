import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createTestPortal, TEST_PASSWORD, type TestPerson, type TestPortal } from "#testing/portal.ts";

let portal: TestPortal;
let olga: TestPerson;

beforeEach(async () => {
  portal = await createTestPortal(new Date());
  olga = await portal.addPerson("Olga");
});
afterEach(() => portal.close());

const signIn = (password = TEST_PASSWORD, email = "olga@example.com", address = "192.0.2.1") =>
  portal.platform.accounts.signIn({ email, password, address });

describe("signing in", () => {
  it("works with the e-mail in any case, and is noted", async () => {
    expect(await signIn(TEST_PASSWORD, " Olga@Example.COM ")).toMatchObject({
      outcome: "signed_in",
      account: { id: olga.actor.userId },
    });
    const { people } = await portal.platform.people.list();
    expect(people[0]?.lastSignInAt?.getTime()).toBe(portal.time.now.getTime());
  });

  it("is refused alike for a wrong password and an unknown e-mail", async () => {
    const wrong = await signIn("a wrong password");
    expect(wrong).toEqual({ outcome: "refused", failure: { reason: "wrong_credentials" } });
    expect(await signIn(TEST_PASSWORD, "nobody@example.com")).toEqual(wrong);
  });

  it("takes as long for an unknown e-mail as for a wrong password", async () => {
    const timed = async (email: string) => {
      const times: number[] = [];
      for (let n = 0; n < 5; n += 1) {
        const start = performance.now();
        await signIn("a wrong password", email, `192.0.2.${n}`);
        times.push(performance.now() - start);
      }
      return times.toSorted((a, b) => a - b)[2] ?? 0;
    };
    await signIn("a wrong password", "warm-up@example.com");
    const [known, unknown] = [await timed("olga@example.com"), await timed("nobody@example.com")];
    expect(unknown / known).toBeGreaterThan(0.4);
  });

  it("tells a person with the right password that the account is disabled", async () => {
    await portal.pool.query("UPDATE users SET disabled_at = now()");
    expect(await signIn()).toEqual({ outcome: "refused", failure: { reason: "account_disabled" } });
    expect(await signIn("a wrong password")).toMatchObject({ failure: { reason: "wrong_credentials" } });
  });

  it("stops guessing for one account from one address, and says how long", async () => {
    for (let n = 0; n < 8; n += 1) expect(await signIn(`guess number ${n}`)).toMatchObject({ outcome: "refused" });
    const stopped = await signIn();
    expect(stopped).toMatchObject({ outcome: "refused", failure: { reason: "too_many_attempts" } });
    expect(stopped).toHaveProperty("failure.waitSeconds", expect.any(Number));
    expect(await signIn(TEST_PASSWORD, "olga@example.com", "198.51.100.7")).toMatchObject({ outcome: "signed_in" });
  });

  it("does not let one address close an account for everybody", async () => {
    for (let n = 0; n < 120; n += 1) await signIn(`guess number ${n}`);
    expect(await signIn(TEST_PASSWORD, "olga@example.com", "198.51.100.7")).toMatchObject({ outcome: "signed_in" });
  });

  it("stops guessing for one account that comes from everywhere", async () => {
    const guess = (n: number) => signIn(`guess number ${n}`, "olga@example.com", `203.0.113.${n}`);
    const results = [];
    for (let n = 0; n < 101; n += 1) results.push(await guess(n));
    expect(results[99]).toMatchObject({ failure: { reason: "wrong_credentials" } });
    expect(results[100]).toMatchObject({ failure: { reason: "too_many_attempts" } });
  });

  it("lets no more guesses through when they come all at once", async () => {
    const outcomes = await Promise.all(Array.from({ length: 30 }, (_, n) => signIn(`guess number ${n}`)));
    const checked = outcomes.filter(
      (result) => result.outcome === "refused" && result.failure.reason === "wrong_credentials",
    );
    expect(checked).toHaveLength(8);
  });

  it("does not count what succeeds", async () => {
    for (let n = 0; n < 12; n += 1) expect(await signIn()).toMatchObject({ outcome: "signed_in" });
  });

  it("stops one address that tries many accounts", async () => {
    const reasons: string[] = [];
    for (let n = 0; n < 62; n += 1) {
      const result = await signIn("a wrong password", `person${n}@example.com`);
      reasons.push(result.outcome === "refused" ? result.failure.reason : "in");
    }
    expect(reasons.filter((reason) => reason === "wrong_credentials")).toHaveLength(60);
    expect(reasons.at(-1)).toBe("too_many_attempts");
  });
});

describe("changing the password", () => {
  const change = (current: string, next: string) =>
    portal.platform.accounts.changePassword(olga.actor, { current, next });

  it("ends all sessions and leaves the new password alone working", async () => {
    await change(TEST_PASSWORD, "an entirely new phrase");
    expect(await portal.platform.accounts.actorOf({ userId: olga.actor.userId, sessionVersion: 1 })).toBeNull();
    expect(await signIn()).toMatchObject({ outcome: "refused" });
    expect(await signIn("an entirely new phrase")).toMatchObject({ account: { sessionVersion: 2 } });
    const log = await portal.audit();
    expect(log).toMatchObject([{ action: "account.change_password", before: null, after: null }]);
  });

  it("needs the current password, and a usable new one", async () => {
    await expect(change("a wrong password", "an entirely new phrase")).rejects.toMatchObject({ code: "not_allowed" });
    await expect(change(TEST_PASSWORD, "too short")).rejects.toMatchObject({ code: "invalid_input" });
    await expect(change(TEST_PASSWORD, "olga@example.com")).rejects.toMatchObject({ code: "invalid_input" });
    expect(await signIn()).toMatchObject({ outcome: "signed_in" });
  });

  it("cannot be used to guess the current one", async () => {
    for (let n = 0; n < 8; n += 1) await expect(change(`guess ${n}`, "an entirely new phrase")).rejects.toThrow();
    await expect(change(TEST_PASSWORD, "an entirely new phrase")).rejects.toMatchObject({ code: "too_many_attempts" });
  });
});
