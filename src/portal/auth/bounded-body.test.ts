import { describe, expect, it } from "vitest";

import { DomainError } from "#domain/errors.ts";
import { createLog } from "#log.ts";
import { readBoundedBody } from "#portal/auth/bounded-body.ts";
import { errorResponse } from "#portal/rest/responses.ts";

const post = (body: BodyInit) => new Request("http://localhost/", { method: "POST", body });

describe("a body", () => {
  it("is read up to the limit, in bytes", async () => {
    expect(await readBoundedBody(post("aé"), 3)).toBe("aé");
    await expect(readBoundedBody(post("aé"), 2)).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("that is too large ends the connection, of which the rest is not read", async () => {
    const error = await readBoundedBody(post("abc"), 2).catch((thrown: unknown) => thrown);
    const response = errorResponse(error, createLog("test", "silent"));
    expect([response.status, response.headers.get("connection")]).toEqual([400, "close"]);
    const other = errorResponse(new DomainError("invalid_input", "No."), createLog("test", "silent"));
    expect(other.headers.has("connection")).toBe(false);
  });

  it("is given up as soon as it is too large, however long it would go on", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(1024));
      },
    });
    const request = new Request("http://localhost/", { method: "POST", body: endless, duplex: "half" } as RequestInit);
    await expect(readBoundedBody(request, 10_000)).rejects.toMatchObject({ code: "invalid_input" });
    expect(sent).toBeLessThan(20);
  });

  it("that is not UTF-8 is refused, and one that is not there is empty", async () => {
    await expect(readBoundedBody(post(new Uint8Array([0xff, 0xfe])), 10)).rejects.toMatchObject({
      code: "invalid_input",
    });
    expect(await readBoundedBody(new Request("http://localhost/"), 10)).toBe("");
  });
});
