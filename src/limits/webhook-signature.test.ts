import { readFileSync } from "node:fs";
import path from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import { createWebhookSecret, signatureHeaders } from "#limits/webhook-signature.ts";

type IsGenuine = (headers: Record<string, string>, body: string, secret: string) => boolean;

const DOCUMENT = path.resolve(import.meta.dirname, "../../docs/webhooks.md");

/** The receiver's side, as the documentation gives it. */
let isGenuine: IsGenuine;

beforeAll(async () => {
  const [, code = ""] = /```js\n([\s\S]*?)```/.exec(readFileSync(DOCUMENT, "utf8")) ?? [];
  const module = `data:text/javascript,${encodeURIComponent(`${code}\nexport { isGenuine };`)}`;
  ({ isGenuine } = await import(/* @vite-ignore */ module));
});

describe("a signature", () => {
  const secret = createWebhookSecret();
  const body = '{"title":"ä"}';

  it("is found genuine by the recipe in the documentation", () => {
    expect(isGenuine(signatureHeaders(secret, { id: "1", at: new Date(), body }), body, secret)).toBe(true);
  });

  it.each([
    ["another body", (headers: Record<string, string>) => isGenuine(headers, `${body} `, secret)],
    ["another secret", (headers: Record<string, string>) => isGenuine(headers, body, createWebhookSecret())],
    ["another id", (headers: Record<string, string>) => isGenuine({ ...headers, "webhook-id": "2" }, body, secret)],
    [
      "no signature",
      (headers: Record<string, string>) => isGenuine({ ...headers, "webhook-signature": "" }, body, secret),
    ],
  ])("is not, with %s", (_what, check) => {
    expect(check(signatureHeaders(secret, { id: "1", at: new Date(), body }))).toBe(false);
  });

  it("does not live for ever", () => {
    const headers = signatureHeaders(secret, { id: "1", at: new Date(Date.now() - 301_000), body });
    expect(isGenuine(headers, body, secret)).toBe(false);
  });

  it("is the one of the Standard Webhooks specification", () => {
    const example = {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      at: new Date(1_614_265_330_000),
      body: '{"test": 2432232314}',
    };
    expect(signatureHeaders("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", example)["webhook-signature"]).toBe(
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    );
  });
});
