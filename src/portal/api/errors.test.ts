import { TRPCError } from "@trpc/server";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { DomainError, type DomainErrorCode } from "#domain/errors.ts";
import { FAULT_TEXT, refusalOf, toTrpcError } from "#portal/api/errors.ts";

const CODES: Record<DomainErrorCode, [TRPCError["code"], number]> = {
  invalid_input: ["BAD_REQUEST", 400],
  not_signed_in: ["UNAUTHORIZED", 401],
  not_allowed: ["FORBIDDEN", 403],
  not_found: ["NOT_FOUND", 404],
  conflict: ["CONFLICT", 409],
  too_many_attempts: ["TOO_MANY_REQUESTS", 429],
  unavailable: ["SERVICE_UNAVAILABLE", 503],
};

const wrapped = (cause: unknown) =>
  new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "as tRPC wraps it", cause });

describe("a refusal", () => {
  it.each(Object.entries(CODES))("%s keeps its words and gets its codes", (code, [trpc, status]) => {
    const error = new DomainError(code as DomainErrorCode, "Do this instead."); // Object.entries forgets the key's type
    expect(refusalOf(error)).toEqual({ code, message: "Do this instead.", status });
    expect(toTrpcError(wrapped(error))).toMatchObject({ code: trpc, message: "Do this instead." });
  });

  it("is known by its shape, whichever copy of the class made it", () => {
    class DomainErrorOfAnotherBundle extends Error {
      override readonly name = "DomainError";
      readonly code = "conflict";
    }
    expect(refusalOf(new DomainErrorOfAnotherBundle("Taken."))).toMatchObject({ code: "conflict", status: 409 });
  });

  it("of bad input says what the schema says, and nothing of the library's own", () => {
    const schema = z.object({ days: z.literal(7, "Choose 7 days."), other: z.string() });
    expect(refusalOf(schema.safeParse({ days: 8 }).error)?.message).toBe("Choose 7 days.");
    expect(refusalOf(schema.safeParse({ days: 7, other: 1 }).error)?.message).toBe("This input cannot be used.");
  });
});

describe("a fault", () => {
  it("is no refusal, and its words do not leave", () => {
    const fault = new Error("connect ECONNREFUSED 10.0.0.3:5432 password=secret");
    expect(refusalOf(fault)).toBeNull();
    expect(toTrpcError(wrapped(fault))).toMatchObject({ code: "INTERNAL_SERVER_ERROR", message: FAULT_TEXT });
  });

  it("is not mistaken for a refusal by a code of its own", () => {
    expect(refusalOf(Object.assign(new Error("x"), { code: "P2002" }))).toBeNull();
    expect(refusalOf(Object.assign(new Error("x"), { name: "DomainError", code: "ECONNREFUSED" }))).toBeNull();
  });
});
