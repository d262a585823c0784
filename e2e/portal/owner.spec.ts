import { expect, test } from "./portal-test.ts";
import { seedFleet } from "./seed-fleet.ts";
import type { StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "owner" } });

let grace: StackPerson;

test.beforeAll(async ({ stack }) => {
  grace = await stack.addPerson("Grace Hopper", "owner");
  await seedFleet(stack.gateway.pool, new Date(), (name) => (name === "reviewer" ? grace.id : null));
});

test("an owner sees the own agents and no others", async ({ page, signIn }) => {
  await signIn(grace);
  await expect(page.getByRole("link", { name: "reviewer" })).toBeVisible();
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("link", { name: "People" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "New agent" })).toHaveCount(0);
});

test("another's agent, an agent that does not exist, and the people are all the same 404", async ({ page, signIn }) => {
  await signIn(grace);
  for (const path of ["/agents/builder", "/agents/nobody-here", "/people"]) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(404);
    await expect(page.getByText("There is nothing here")).toBeVisible();
    await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  }
});

test("an owner reads the budget and is told why it cannot be changed", async ({ page, signIn }) => {
  await signIn(grace);
  await page.goto("/agents/reviewer?tab=budget");
  await expect(page.getByText("Near its limit: $8.24 of $10.00 used today.")).toBeVisible();
  await expect(page.getByText(/Only admins change limits/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Save limits" })).toHaveCount(0);
  await expect(page.getByRole("tab", { name: "Settings" })).toHaveCount(0);
});

test("an owner without agents is told how one becomes theirs", async ({ page, signIn, stack }) => {
  await signIn(await stack.addPerson("Linus Pauling", "owner"));
  await expect(page.getByText("No agent is yours yet")).toBeVisible();
});
