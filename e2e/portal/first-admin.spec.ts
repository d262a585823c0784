import { expect, openGuestPage, test } from "./portal-test.ts";
import { PASSWORD } from "./stack.ts";

test.use({ stackOf: { file: "first-admin" } });

test("the set-up link makes the first admin, once, and its token does not stay in the address", async ({
  page,
  browser,
  stack,
}) => {
  const link = await stack.setupLink();
  await page.goto(link ?? "");
  await expect(page.getByRole("heading", { name: "Set up this portal" })).toBeVisible();
  expect(new URL(page.url()).hash).toBe("");

  const submit = page.getByRole("button", { name: "Make my account" });
  await page.getByLabel("Name").fill("Ada Lovelace");
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await expect(page.getByText("7 more to go.")).toBeVisible();
  await expect(submit).toBeDisabled();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await submit.click();

  await page.waitForURL("**/overview");
  await expect(page.getByText("No agent has called yet")).toBeVisible();
  await page.getByRole("link", { name: "Go to the agents" }).click();
  await expect(page.getByText("Create the first agent")).toBeVisible();
  expect(await stack.setupLink()).toBeUndefined();

  const second = await openGuestPage(browser, stack);
  await second.goto(link ?? "");
  await expect(second.getByRole("heading", { name: "This link does not work" })).toBeVisible();
  await expect(second.getByText("Ask an admin of this portal for a new link.")).toBeVisible();
  await second.context().close();
});

test("a link without its end, and one that never was, say how to get a new one", async ({ page }) => {
  await page.goto("/welcome");
  await expect(page.getByText("This link is not complete.")).toBeVisible();
  await page.goto("/welcome#AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  await expect(page.getByText("Ask an admin of this portal for a new link.")).toBeVisible();
});
