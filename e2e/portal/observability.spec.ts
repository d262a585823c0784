import { expectFlawless } from "./flawless.ts";
import { type ObservedStack, startObservedStack } from "./observed-stack.ts";
import { test as base, callAsAgent, expect } from "./portal-test.ts";
import { seedFleet } from "./seed-fleet.ts";
import { STRANGER_ID, seedHelicone } from "./seed-helicone.ts";
import type { StackPerson } from "./stack.ts";

const test = base.extend<object, { observed: ObservedStack }>({
  observed: [
    async ({ stackOf }, use) => {
      if (stackOf.file !== "observability") throw new Error("the stack of another file");
      const observed = await startObservedStack();
      await use(observed);
      await observed.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  stack: [async ({ observed }, use) => use(observed.stack), { scope: "worker" }],
});
test.use({ stackOf: { file: "observability" } });
test.describe.configure({ mode: "serial" });

const SETTINGS = "/settings/observability";
const RECONCILIATION = "/observability/reconciliation";
const WIDTHS = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };

let ada: StackPerson;
let grace: StackPerson;

test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
  grace = await stack.addPerson("Grace Hopper", "owner");
  await seedFleet(stack.gateway.pool, new Date(), (name) => (name === "builder" ? grace.id : ada.id));
});

test("a Helicone that is not set up says so, and its door too, until it is", async ({ page, signIn, observed }) => {
  await signIn(ada);
  await page.goto(SETTINGS);
  await expect(page.getByText("Helicone is not set up yet")).toBeVisible();
  await expectFlawless(page, "helicone-not-set-up");
  await page.goto("/observability");
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("heading", { name: "Helicone is not set up yet" })).toBeVisible();
  await observed.setUp();
  await page.goto(SETTINGS);
  await expect(async () => {
    await page.reload();
    await expect(page.getByText("Answers", { exact: true })).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expect(page.getByText("Helicone is not set up yet")).toHaveCount(0);
});

test("calls that ended are told to Helicone, and what waits while it is away is shown", async ({
  page,
  signIn,
  observed: { stack, helicone },
}) => {
  const agent = await stack.gateway.addAgent("narrator");
  await signIn(ada);
  await page.goto(SETTINGS);
  await expect(page.getByText("Log mode")).toBeVisible();
  expect(await callAsAgent(stack, agent.key)).toBe(200);
  await expect.poll(() => helicone.rows.filter(({ userId }) => userId === "narrator").length).toBe(1);
  await expect(page.getByText("No call waits")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(/^0 bytes of 512 MB/)).toBeVisible();

  await helicone.setFaults({ jawn: "down" });
  expect(await callAsAgent(stack, agent.key)).toBe(200);
  await expect(page.getByText("1 call", { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("Helicone cannot be reached")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/Agents are not affected\. Their calls wait/)).toBeVisible();
  await expectFlawless(page, "helicone-unreachable");

  await helicone.setFaults({ jawn: "up" });
  await expect(page.getByText("No call waits")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("Helicone cannot be reached")).toHaveCount(0, { timeout: 30_000 });
  expect(helicone.rows.filter(({ userId }) => userId === "narrator")).toHaveLength(2);
  expect(helicone.violations()).toEqual([]);
});

test("one click and a confirmation changes what Helicone is told of the whole fleet; an agent may differ", async ({
  page,
  signIn,
  stack,
}) => {
  await signIn(ada);
  await page.goto("/agents/reviewer?tab=settings");
  await page.getByLabel("Of every call").selectOption("redacted");
  await page.getByRole("region", { name: "What Helicone is told of it" }).getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved. It holds from the next call on.")).toBeVisible();

  await page.goto(SETTINGS);
  await expect(page.getByRole("radio", { name: /^Metadata/ })).toBeChecked();
  await expect(page.getByRole("link", { name: "reviewer" })).toBeVisible();
  await page.getByRole("radio", { name: /^Full texts/ }).click();
  const dialog = page.getByRole("dialog", { name: "Tell Helicone: full texts?" });
  await expect(dialog).toContainText("files, mails, credentials");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("radio", { name: /^Metadata/ })).toBeChecked();

  await page.getByRole("radio", { name: /^Full texts/ }).click();
  await expectFlawless(page, "log-content-dialog");
  await dialog.getByLabel("Also for the 1 agent with another choice of its own").check();
  await dialog.getByRole("button", { name: "Send full texts" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("radio", { name: /^Full texts/ })).toBeChecked();
  await expect(page.getByText("Every agent follows the fleet.")).toBeVisible();
  const { rows } = await stack.gateway.pool.query(
    "SELECT subject FROM audit_log WHERE action = 'helicone.log_content' ORDER BY id",
  );
  expect(rows.map(({ subject }) => subject)).toEqual(["agent:reviewer", "fleet"]);
});

test("a state that cannot be loaded says so and offers another try", async ({ page, signIn, stack }) => {
  await signIn(ada);
  await stack.gateway.pool.query("ALTER TABLE gateway_instances RENAME TO gateway_instances_away");
  await page.goto(SETTINGS);
  await expect(page.getByText("The state of Helicone could not be loaded.")).toBeVisible({ timeout: 20_000 });
  await stack.gateway.pool.query("ALTER TABLE gateway_instances_away RENAME TO gateway_instances");
  await page
    .getByRole("alert")
    .filter({ hasText: "The state of Helicone" })
    .getByRole("button", { name: "Try again" })
    .click();
  await expect(page.getByText("Log mode")).toBeVisible();
});

test("the dashboard is within the portal, for all agents and for one, with a plain link beside it", async ({
  page,
  signIn,
  observed: { doorUrl, setUp },
}) => {
  await setUp();
  await signIn(ada);
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: "Observability", exact: true })
    .click();
  await page.waitForURL("**/observability");
  await expect(page.frameLocator("iframe").getByRole("heading", { name: "/dashboard" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Open Helicone" })).toHaveAttribute("href", `${doorUrl}/dashboard`);

  await page.goto("/agents/builder");
  await page.getByRole("tab", { name: "Observability" }).click();
  await expect(page.frameLocator("iframe").getByRole("heading", { name: "/users/builder" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Open in Helicone" })).toHaveAttribute(
    "href",
    `${doorUrl}/users/builder`,
  );
});

test("while the door is closed a kind message stands in the frame's place, and goes by itself", async ({
  page,
  signIn,
  observed,
  faults,
}) => {
  await observed.closeDoor();
  await signIn(ada);
  await page.goto("/observability");
  await expect(page.getByText("The door to Helicone's pages does not answer")).toBeVisible();
  await expectFlawless(page, "door-closed");
  await observed.openDoor();
  await expect(page.frameLocator("iframe").getByRole("heading", { name: "/dashboard" })).toBeVisible({
    timeout: 20_000,
  });
  faults.length = 0;
});

test("owners have none of it", async ({ page, signIn }) => {
  await signIn(grace);
  const places = page.getByRole("navigation", { name: "Main" });
  await expect(places.getByRole("link", { name: "Agents" })).toBeVisible();
  await expect(places.getByRole("link", { name: /Observability/ })).toHaveCount(0);
  for (const path of ["/observability", RECONCILIATION, SETTINGS]) {
    const answer = await page.request.get(path);
    expect(answer.status(), path).toBe(404);
  }
  await page.goto("/agents/builder?tab=observability");
  await expect(page.getByRole("tab", { name: "Costs" })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("tab", { name: "Observability" })).toHaveCount(0);
  await expect(page.locator("iframe")).toHaveCount(0);
});

test("ledger and Helicone are compared by agent and day, down to single calls, and missing ones are sent again", async ({
  page,
  signIn,
  observed: { stack, helicone, organisationId, setUp },
}) => {
  test.setTimeout(180_000);
  await setUp();
  await signIn(ada);
  await stack.gateway.pool.query("DELETE FROM helicone_day_checks"); // it compares by itself soon after the start
  await page.goto(RECONCILIATION);
  await expect(page.getByText("Nothing has been compared yet")).toBeVisible();
  await expect(page.getByRole("button", { name: "unknown" })).toHaveCount(6);
  await expectFlawless(page, "reconciliation-nothing-yet");

  const { missing, repeated } = await seedHelicone(stack.gateway.pool, helicone.rows, organisationId);
  await page.getByRole("button", { name: "Compare now" }).click();
  await expect(page.getByText(/Last compared/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("button", { name: "Compare now" })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("Helicone has no price for this model.").first()).toBeVisible();
  await expectFlawless(page, "reconciliation");

  await page.getByRole("radio", { name: "Missing or twice" }).click();
  const builder = page.getByRole("row", { name: /builder/ }).filter({ hasText: "missing in Helicone" });
  await builder
    .first()
    .getByRole("button", { name: /^Differences of builder on/ })
    .click();
  await expect(page.getByText("Not on its way.").first()).toBeVisible();
  const id = await page
    .getByText(/^[0-9a-f-]{36}$/)
    .first()
    .textContent();
  expect(missing.builder).toContain(id);
  const inLedger = page.getByRole("link", { name: "Open in our ledger" }).first();
  await expect(inLedger).toHaveAttribute("href", `/requests?call=req_${id?.replaceAll("-", "")}`);
  await expect(
    page.getByRole("row", { name: /reviewer/ }).filter({ hasText: "1 call in Helicone twice" }),
  ).toBeVisible();
  await expect(page.getByRole("row", { name: /No agent named/ })).toContainText("1 call missing in our ledger");
  await expectFlawless(page, "reconciliation-details");

  await page
    .getByRole("button", { name: /missing calls? again, of builder on/ })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("none gets there twice");
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByText(/on the way\. The next comparison finds/)).toBeVisible();
  await expect
    .poll(() => helicone.rows.filter(({ requestId }) => requestId === id).length, { timeout: 60_000 })
    .toBe(1);
  expect(helicone.rows.filter(({ requestId }) => requestId === repeated)).toHaveLength(2);
  expect(helicone.rows.filter(({ requestId }) => requestId === STRANGER_ID)).toHaveLength(1);
  expect(helicone.violations()).toEqual([]);
});

test("a Helicone that cannot be believed leaves the last comparison standing, and is named", async ({
  page,
  signIn,
  observed: { helicone },
}) => {
  await helicone.setFaults({ clickhouseDown: true });
  await signIn(ada);
  await page.goto(RECONCILIATION);
  const figures = page.locator("dl").first();
  const before = await figures.textContent();
  await page.getByRole("button", { name: "Compare now" }).click();
  await expect(page.getByText("The last comparison did not work")).toBeVisible({ timeout: 60_000 });
  expect(await figures.textContent()).toBe(before);
  await expectFlawless(page, "reconciliation-failed");
  await helicone.setFaults({ clickhouseDown: false });
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [width, viewport] of Object.entries(WIDTHS)) {
    test.describe(`${colorScheme}, ${width}`, () => {
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: "reduce" } });

      test("the pages of observability have no accessibility fault and fit the screen", async ({ page, signIn }) => {
        await signIn(ada);
        const pages = {
          "helicone-settings": SETTINGS,
          reconciliation: RECONCILIATION,
          "helicone-frame": "/observability",
          "agent-observability": "/agents/builder?tab=observability",
          "agent-settings": "/agents/builder?tab=settings",
        };
        for (const [name, address] of Object.entries(pages)) {
          await page.goto(address);
          await expect(page.getByText("Asking…")).toHaveCount(0);
          await expectFlawless(page, `${name}-${colorScheme}-${width}`);
        }
        await page.goto(RECONCILIATION);
        await page
          .getByRole("button", { name: /^Differences of/ })
          .first()
          .click();
        await expectFlawless(page, `reconciliation-details-${colorScheme}-${width}`);
      });
    });
  }
}
