import { expect, test } from "vitest";

import { themeCookie, toTheme } from "#portal/ui/shell/theme.ts";

test.each([
  ["dark", "dark"],
  ["light", "light"],
  ["system", "system"],
  [undefined, "system"],
  ['"><script>', "system"],
])("a cookie of %j means %s", (value, theme) => {
  expect(toTheme(value)).toBe(theme);
});

test("the choice is kept for a year, for the whole portal", () => {
  expect(themeCookie("dark")).toBe("trinity-theme=dark; Path=/; Max-Age=31536000; SameSite=Lax");
});
