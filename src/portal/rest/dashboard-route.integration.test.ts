import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openDashboard } from "#portal/rest/dashboard-route.ts";
import { createTestPortal, PORTAL_URL, type TestPerson, type TestPortal } from "#testing/portal.ts";

const DOOR_URL = "http://localhost:3001";
let portal: TestPortal;
let ada: TestPerson;

async function start(settings: Record<string, string>): Promise<void> {
  portal = await createTestPortal(new Date(), { settings });
  ada = await portal.addPerson("Ada", "admin");
}
beforeEach(() => start({ HELICONE_ENABLED: "true", HELICONE_URL: "http://127.0.0.1:9", HELICONE_DOOR_URL: DOOR_URL }));
afterEach(() => portal.close());

const open = (to: string, cookie = ada.cookie) =>
  openDashboard(new Request(`${PORTAL_URL}/api/dashboard?to=${encodeURIComponent(to)}`, { headers: { cookie } }));

describe("the way from the portal to Helicone's dashboard", () => {
  it("leads to the door, which goes on to the page", async () => {
    const answer = await open("/users/my-agent?t=7d");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe(`${DOOR_URL}/door/arrival?to=%2Fusers%2Fmy-agent%3Ft%3D7d`);
  });

  it.each(["https://evil.example", "//evil.example", "\\\\evil.example", "@evil.example", "javascript:alert(1)", ""])(
    "leads to no other site: %s",
    async (to) => {
      const location = new URL((await open(to)).headers.get("location") ?? "");
      expect(location.origin + location.pathname).toBe(`${DOOR_URL}/door/arrival`);
    },
  );

  it("goes by the sign-in for people without a session, and comes back from there", async () => {
    const signIn = new URL(
      (await open("/users/a?t=7d", "next-auth.session-token=made-up")).headers.get("location") ?? "",
    );
    expect(signIn.origin + signIn.pathname).toBe(`${PORTAL_URL}/login`);
    expect(signIn.searchParams.get("next")).toBe("/api/dashboard?to=%2Fusers%2Fa%3Ft%3D7d");
  });

  it("is not there where Helicone is turned off", async () => {
    await portal.close();
    await start({ HELICONE_ENABLED: "false" });
    expect((await open("/")).status).toBe(404);
  });
});
