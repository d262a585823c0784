import { expect, openGuestPage, test } from "./portal-test.ts";
import { PASSWORD, type StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "people-and-keys" } });

let ada: StackPerson;

test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
  await stack.gateway.addAgent("builder");
});

test("an invitation becomes an account, which can be disabled again at once", async ({
  page,
  browser,
  signIn,
  stack,
}) => {
  await signIn(ada);
  await page.goto("/people");
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByLabel("E-mail").fill("grace@example.com");
  await page.getByRole("button", { name: "Make the link" }).click();
  const link =
    (await page.getByRole("dialog", { name: "Invitation for grace@example.com" }).locator("code").textContent()) ?? "";
  await page.getByRole("button", { name: "Close, I have the link" }).click();
  await expect(page.getByRole("rowheader", { name: "grace@example.com" })).toBeVisible();

  const guest = await openGuestPage(browser, stack);
  await guest.goto(link);
  await expect(guest.getByLabel("E-mail")).toHaveValue("grace@example.com");
  await guest.getByLabel("Name").fill("Grace Hopper");
  await guest.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await guest.getByRole("button", { name: "Make my account" }).click();
  await guest.waitForURL("**/overview");

  await page.reload();
  await page.getByRole("button", { name: "Actions for Grace Hopper" }).click();
  await page.getByRole("menuitem", { name: "Disable…" }).click();
  await page.getByRole("button", { name: "Disable", exact: true }).click();
  await expect(page.getByText("disabled", { exact: true })).toBeVisible();
  await guest.goto("/agents");
  await guest.waitForURL("**/login?next=%2Fagents");
  await guest.context().close();
});

test("a reset link gives back the way in, once, and only with a new password", async ({
  page,
  browser,
  signIn,
  stack,
}) => {
  const maya = await stack.addPerson("Maya Angelou", "owner");
  await signIn(ada);
  await page.goto("/people");
  await page.getByRole("button", { name: `Actions for ${maya.name}` }).click();
  await page.getByRole("menuitem", { name: "Password reset link…" }).click();
  await page.getByRole("button", { name: "Make the link" }).click();
  const link =
    (await page
      .getByRole("dialog", { name: /Reset link/ })
      .locator("code")
      .textContent()) ?? "";

  const guest = await openGuestPage(browser, stack);
  await guest.goto(link);
  await expect(guest.getByRole("heading", { name: "Choose a new password" })).toBeVisible();
  await guest.getByLabel("Password", { exact: true }).fill("three loud herons sleep");
  await guest.getByRole("button", { name: "Save the password" }).click();
  await guest.waitForURL("**/overview");
  await guest.context().close();
});

test("an API key is shown once, reads costs, and can be revoked", async ({ page, signIn, request }) => {
  await signIn(ada);
  await page.goto("/account");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill("monthly report");
  await page.getByRole("button", { name: "Make the key" }).click();
  const shown = page.getByRole("dialog", { name: "Your new API key" });
  const key = (await shown.locator("code").first().textContent()) ?? "";
  expect(key).toMatch(/^tok_/);
  await expect(page.getByRole("dialog")).toContainText("/api/agents/AGENT/costs?period=day");
  await page.getByRole("button", { name: "Close, I have the key" }).click();

  const read = () =>
    request.get("/api/agents/builder/costs?period=day", { headers: { authorization: `Bearer ${key}` } });
  expect((await read()).status()).toBe(200);
  await page.getByRole("button", { name: "Revoke the key monthly report" }).click();
  await page.getByRole("button", { name: "Revoke the key", exact: true }).click();
  await expect(page.getByText("revoked")).toBeVisible();
  expect((await read()).status()).toBe(401);
});

test("changing the password keeps this session and ends the others", async ({ page, browser, signIn, stack }) => {
  const linus = await stack.addPerson("Linus Pauling", "owner");
  const elsewhere = await openGuestPage(browser, stack);
  await signIn(linus, elsewhere);
  await signIn(linus);
  await page.goto("/account");
  await page.getByLabel("Current password").fill("not the password");
  await page.getByLabel("New password").fill("three loud herons sleep");
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("The current password is not right.")).toBeVisible();
  await page.getByLabel("Current password").fill(PASSWORD);
  await page.getByRole("button", { name: "Change the password" }).click();
  await expect(page.getByText("Changed.")).toBeVisible();
  await page.goto("/agents");
  await expect(page.getByText("No agent is yours yet")).toBeVisible();
  await elsewhere.goto("/agents");
  await elsewhere.waitForURL("**/login?next=%2Fagents");
  await elsewhere.context().close();
});
