import { expect, test } from "./portal-test.ts";
import { PASSWORD, type StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "sign-in" } });

let ada: StackPerson;

test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
});

test("whoever is not signed in is asked to, and comes back to the page they wanted", async ({ page }) => {
  await page.goto("/account");
  await page.waitForURL("**/login?next=%2Faccount");
  await page.getByLabel("E-mail").fill(ada.email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/account");
});

test("another site cannot be the place one comes back to", async ({ page }) => {
  await page.goto("/login?next=https://evil.example/agents");
  await page.getByLabel("E-mail").fill(ada.email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/overview");
  expect(new URL(page.url()).hostname).toBe("localhost");
});

test("a wrong password says what is wrong, and after too many of them how long to wait", async ({ page, stack }) => {
  const grace = await stack.addPerson("Grace Hopper", "owner");
  await page.goto("/login");
  const attempt = async () => {
    await page.getByLabel("E-mail").fill(grace.email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  await attempt();
  await expect(page.getByText("That e-mail and password do not match an account.")).toBeVisible();
  const throttled = page.getByText(/Too many attempts\. Try again in \d+ minutes?\./);
  for (let attempts = 0; attempts < 12 && !(await throttled.isVisible()); attempts += 1) {
    await attempt();
    await expect(page.getByRole("button", { name: "Sign in" })).not.toHaveAttribute("aria-busy");
  }
  await expect(throttled).toBeVisible();
});

test("signing out ends the session", async ({ page, signIn }) => {
  await signIn(ada);
  await page.getByRole("button", { name: "Account of Ada Lovelace" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL("**/login");
  await page.goto("/overview");
  await page.waitForURL("**/login");
});

test("the chosen colours are in the page from its first byte", async ({ page }) => {
  await page.goto("/login");
  await page.getByRole("button", { name: "Colours" }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const html = await (await page.request.get("/login")).text();
  expect(html).toContain('data-theme="dark"');
  await page.reload();
  await expect(page.locator("body")).toHaveCSS("color-scheme", "dark");
});

test("a session that is ended elsewhere leads back to signing in, from an open page too", async ({
  page,
  signIn,
  stack,
}) => {
  await signIn(ada);
  await page.goto("/account");
  await stack.gateway.pool.query("UPDATE users SET session_version = session_version + 1 WHERE id = $1", [ada.id]);
  await page.waitForURL("**/login?next=%2Faccount");
});
