import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

let portal: TestPortal;
let ada: TestPerson;
let bob: TestPerson;

beforeEach(async () => {
  portal = await createTestPortal();
  ada = await portal.addPerson("Ada", "admin");
  bob = await portal.addPerson("Bob", "admin");
});
afterEach(() => portal.close());

const current = (person: TestPerson) =>
  portal.platform.accounts.actorOf({ userId: person.actor.userId, sessionVersion: 1 });

describe("people", () => {
  it("are listed with their agents, removed ones left out", async () => {
    await portal.addAgent("one", bob);
    const two = await portal.addAgent("two", bob);
    await portal.platform.agents.remove(ada.actor, two);
    const { people } = await portal.platform.people.list();
    expect(people.map(({ name, role, agentCount, isDisabled }) => [name, role, agentCount, isDisabled])).toEqual([
      ["Ada", "admin", 0, false],
      ["Bob", "admin", 1, false],
    ]);
    expect(JSON.stringify(people)).not.toContain("argon2");
  });

  it("lose their sessions with a change of role, and with being disabled", async () => {
    await portal.platform.people.setRole(ada.actor, bob.actor.userId, "owner");
    expect(await current(bob)).toBeNull();
    const carl = await portal.addPerson("Carl");
    await portal.platform.people.setDisabled(ada.actor, carl.actor.userId, true);
    expect(await current(carl)).toBeNull();
    await portal.platform.people.setDisabled(ada.actor, carl.actor.userId, false);
    expect(await current(carl)).toBeNull();
    expect((await portal.audit()).map(({ action, after }) => [action, after])).toEqual([
      ["person.set_role", { role: "owner" }],
      ["person.set_disabled", { isDisabled: true }],
      ["person.set_disabled", { isDisabled: false }],
    ]);
  });

  it("cannot change themselves", async () => {
    await expect(portal.platform.people.setRole(ada.actor, ada.actor.userId, "owner")).rejects.toMatchObject({
      code: "not_allowed",
    });
    await expect(portal.platform.people.setDisabled(ada.actor, ada.actor.userId, true)).rejects.toMatchObject({
      code: "not_allowed",
    });
    expect(await current(ada)).not.toBeNull();
  });

  it("keep an admin, also when two admins demote each other at the same instant", async () => {
    for (let round = 0; round < 5; round += 1) {
      await portal.pool.query("UPDATE users SET role = 'admin', disabled_at = NULL");
      const outcomes = await Promise.allSettled([
        portal.platform.people.setRole(ada.actor, bob.actor.userId, "owner"),
        portal.platform.people.setDisabled(bob.actor, ada.actor.userId, true),
      ]);
      expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(["fulfilled", "rejected"]);
      const admins = await portal.pool.query("SELECT 1 FROM users WHERE role = 'admin' AND disabled_at IS NULL");
      expect(admins.rowCount).toBe(1);
    }
  });

  it("that are not there are not found", async () => {
    const nobody = "00000000-0000-4000-8000-000000000000";
    await expect(portal.platform.people.setRole(ada.actor, nobody, "owner")).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(portal.platform.people.resetLink(ada.actor, nobody)).rejects.toMatchObject({ code: "not_found" });
  });
});
