import { expect, test } from "vitest";

import { parseTemplateBudget, TEMPLATE_BYTES_MAX } from "#agents/template-budget.ts";

const template = (budget: string) => `name: builder\nresources: {cpu: "2", memory: 4g}\n${budget}`;

test("a template may propose limits, exact to the last decimal", () => {
  const text = template("budget:\n  daily_limit: 0.10\n  monthly_limit: '50'\n  action_on_exceed: block\n");
  expect(parseTemplateBudget(text)).toEqual({ daily: "0.10", monthly: "50", actionOnExceed: "block" });
});

test("what it leaves out is not proposed", () => {
  expect(parseTemplateBudget(template("budget: {daily_limit: 5}"))).toEqual({
    daily: "5",
    monthly: null,
    actionOnExceed: null,
  });
  expect(parseTemplateBudget(template("budget: {action_on_exceed: none}"))).toBeNull();
  expect(parseTemplateBudget(template(""))).toBeNull();
});

test.each([
  ["no YAML", "budget: {daily_limit: 5"],
  ["a list", "- budget"],
  ["a text", "budget: five"],
  ["a negative amount", template("budget: {daily_limit: -5}")],
  ["an exponent", template("budget: {daily_limit: 1e30}")],
  ["a currency", template("budget: {daily_limit: $5}")],
  ["a number that YAML knows", template("budget: {daily_limit: .nan}")],
  ["an unknown action", template("budget: {daily_limit: 5, action_on_exceed: explode}")],
  ["an amount that is a list", template("budget: {daily_limit: [5]}")],
  ["the same key twice", template("budget: {daily_limit: 5, daily_limit: 500}")],
  ["an alias", "a: &a {daily_limit: 5}\nbudget: *a"],
  ["a tag", template("budget: !!js/function {daily_limit: 5}").replace("builder", "x".repeat(TEMPLATE_BYTES_MAX))],
])("%s proposes nothing", (_what, text) => {
  expect(parseTemplateBudget(text)).toBeNull();
});

test("a file that is far too large is not read", () => {
  expect(parseTemplateBudget(`${"#".repeat(TEMPLATE_BYTES_MAX)}\nbudget: {daily_limit: 5}`)).toBeNull();
});
