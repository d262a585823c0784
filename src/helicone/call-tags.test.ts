import { describe, expect, it } from "vitest";

import { heliconeHeaders } from "#helicone/call-tags.ts";

const ID = "0190a6c4-7f6e-7b1d-9c63-1f2e3d4c5b6a";
const KEY = "sk-helicone-aaaaaaa-bbbbbbb-ccccccc-ddddddd";

describe("what Helicone's proxy is told of a call", () => {
  it("is its key, our id, and whose call it is", () => {
    const agent = { name: "research-bot", ownerId: "4d9f", type: "business-assistant" };
    expect(heliconeHeaders({ id: ID, sessionId: "s-1", agent }, KEY)).toEqual([
      ...["Helicone-Auth", `Bearer ${KEY}`],
      ...["Helicone-Request-Id", ID],
      ...["Helicone-User-Id", "research-bot"],
      ...["Helicone-Property-Agent-Name", "research-bot"],
      ...["Helicone-Property-Agent-Owner", "4d9f"],
      ...["Helicone-Property-Agent-Type", "business-assistant"],
      ...["Helicone-Session-Id", "s-1"],
    ]);
  });

  it("leaves out what nobody knows, and can be carried whatever people write", () => {
    const agent = {
      name: "a",
      ownerId: null,
      type: "büro 100 %\r\nHelicone-Target-URL: http://127.0.0.1:8123/v1 \ud800",
    };
    const headers = heliconeHeaders({ id: ID, sessionId: "", agent }, KEY);
    expect(headers.filter((_, at) => at % 2 === 0)).not.toContain("Helicone-Session-Id");
    expect(headers.filter((_, at) => at % 2 === 0)).not.toContain("Helicone-Property-Agent-Owner");
    for (const text of headers) expect(text).toMatch(/^[\x20-\x7e]*$/);
    expect(headers).toContain("b%C3%BCro 100 %25%0D%0AHelicone-Target-URL: http://127.0.0.1:8123/v1 %EF%BF%BD");
  });
});
