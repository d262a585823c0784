import { expect, it } from "vitest";

import { contentSecurityPolicy } from "#portal/auth/content-security-policy.ts";

it("lets run only scripts with the nonce, and nobody frame the page", () => {
  const policy = contentSecurityPolicy("bm9uY2U=").split("; ");
  expect(policy).toContain("script-src 'self' 'nonce-bm9uY2U=' 'strict-dynamic'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("default-src 'self'");
  expect(policy.join(" ")).not.toContain("unsafe-eval");
  expect(policy.filter((directive) => directive.includes("unsafe-inline"))).toEqual([
    "style-src 'self' 'unsafe-inline'",
  ]);
});
