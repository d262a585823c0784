import { expect, it } from "vitest";

import { contentSecurityPolicy } from "#portal/auth/content-security-policy.ts";

it("lets run only scripts with the nonce, and nobody frame the page", () => {
  const policy = contentSecurityPolicy("bm9uY2U=", null).split("; ");
  expect(policy).toContain("script-src 'self' 'nonce-bm9uY2U=' 'strict-dynamic'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("default-src 'self'");
  expect(policy.join(" ")).not.toContain("unsafe-eval");
  expect(policy.filter((directive) => directive.includes("unsafe-inline"))).toEqual([
    "style-src 'self' 'unsafe-inline'",
  ]);
});

it("lets a page frame Helicone's pages where there are any, and nothing else", () => {
  const framed = (dashboardUrl: string | null) =>
    contentSecurityPolicy("bm9uY2U=", dashboardUrl)
      .split("; ")
      .filter((directive) => /^(?:frame|connect)-src/.test(directive));
  expect(framed("https://helicone.example.com/somewhere")).toEqual([
    "connect-src 'self' https://helicone.example.com",
    "frame-src https://helicone.example.com",
  ]);
  expect(framed(null)).toEqual(["connect-src 'self'", "frame-src 'none'"]);
});
