import { type ObservedStack, startObservedStack } from "./observed-stack.ts";
import { test as base, expect } from "./portal-test.ts";
import { PASSWORD, type StackPerson } from "./stack.ts";

const test = base.extend<object, { observed: ObservedStack }>({
  observed: [
    async ({ stackOf }, use) => {
      if (stackOf.file !== "dashboard-door") throw new Error("the stack of another file");
      const observed = await startObservedStack();
      await observed.setUp();
      await use(observed);
      await observed.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  stack: [async ({ observed }, use) => use(observed.stack), { scope: "worker" }],
});
test.use({ stackOf: { file: "dashboard-door" } });

let ada: StackPerson;
let grace: StackPerson;

test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
  grace = await stack.addPerson("Grace Hopper", "owner");
});

test("an admin who opens the dashboard signs in to the portal and finds themselves signed in to Helicone, where they were going", async ({
  page,
  observed: { doorUrl, stack, helicone },
}) => {
  await page.goto(`${doorUrl}/users/my-agent?t=7d`);
  expect(new URL(page.url()).origin).toBe(stack.portalUrl);
  await page.getByLabel("E-mail").fill(ada.email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${doorUrl}/users/my-agent?t=7d`);
  await expect(page.locator("#account")).toHaveText("seeded@stand-in.test");
  // Its three servers and a web socket, all of them through the door.
  await expect(page.locator("#cost")).toContainText("Total cost");
  await expect(page.locator("#requests")).toContainText("0 requests");
  await expect(page.locator("#socket")).toHaveText("echo ping");
  await expect(page.locator("img")).toHaveJSProperty("complete", true);
  expect(helicone.violations()).toEqual([]);

  const names = (await page.context().cookies()).map(({ name }) => name);
  expect(names).toContain("currentOrgId");
  expect(names.filter((name) => name.includes("better-auth"))).toEqual([]);
  for (const { headers } of helicone.received) expect(headers.cookie ?? "").not.toContain("next-auth");
});

test("an owner is told kindly that the dashboard is for admins", async ({ page, signIn, observed: { doorUrl } }) => {
  await signIn(grace);
  const response = await page.goto(`${doorUrl}/dashboard`);
  expect(response?.status()).toBe(403);
  await expect(page.getByRole("heading", { name: "The dashboard is for admins" })).toBeVisible();
  await page.getByRole("link", { name: "To the portal" }).click();
  await page.waitForURL("**/overview");
});

test("who is demoted meanwhile sees nothing more of it, on the page that is open either", async ({
  page,
  signIn,
  observed: { doorUrl, stack },
  faults,
}) => {
  const eve = await stack.addPerson("Eve Holt", "admin");
  await signIn(eve);
  await page.goto(`${doorUrl}/dashboard`);
  await expect(page.locator("#socket")).toHaveText("echo ping");
  await stack.gateway.pool.query("UPDATE users SET role = 'owner' WHERE id = $1", [eve.id]);
  const refused = await page.evaluate(async () => (await fetch("/api/metrics/totalCost", { method: "POST" })).status);
  expect(refused).toBe(403);
  await page.reload();
  await expect(page.getByRole("heading", { name: "The dashboard is for admins" })).toBeVisible();
  faults.length = 0;
});

test("only the portal's pages may show the dashboard in a frame", async ({ page, signIn, observed, faults }) => {
  await signIn(ada);
  await page.goto(`${observed.doorUrl}/dashboard`);
  await page.evaluate((address) => {
    document.body.innerHTML = `<iframe src="${address}"></iframe>`;
  }, `${observed.doorUrl}/requests`);
  await expect.poll(() => faults.join()).toContain("frame-ancestors");
  faults.length = 0;
});
