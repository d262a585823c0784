import { describe, expect, it } from "vitest";

import { routeOf } from "#door/door-route.ts";
import { readRequestTarget } from "#door/request-target.ts";

function route(request: string) {
  const [method = "", address] = request.split(" ");
  const target = readRequestTarget(address);
  if (target === null) throw new Error(`${address} is no target`);
  return routeOf(method, target);
}

describe("a request of an admin", () => {
  it.each([
    ["GET /dashboard", "web", "/dashboard"],
    ["GET /_next/static/chunks/a.js", "web", "/_next/static/chunks/a.js"],
    ["GET /_next/image?url=%2Fstatic%2Flogo.png&w=64", "web", "/_next/image"],
    ["POST /api/metrics/totalCost", "web", "/api/metrics/totalCost"],
    ["POST /jawn/v1/request/query-clickhouse", "api", "/v1/request/query-clickhouse"],
    ["GET /jawn/v1/organization", "api", "/v1/organization"],
    ["POST /jawn/v1/organization/setup-demo", "api", "/v1/organization/setup-demo"],
    ["GET /jawn/v1/organization/some-id/members", "api", "/v1/organization/some-id/members"],
    ["GET /jawn/v1/api-keys", "api", "/v1/api-keys"],
    ["POST /jawn/v1/api-keys", "api", "/v1/api-keys"],
    ["GET /request-response-storage/a/b?X-Amz-Signature=1", "objects", "/request-response-storage/a/b"],
  ])("%s goes to %s", (request, to, path) => {
    expect(route(request)).toEqual({ kind: "forward", to, path });
  });

  it.each([
    ["GET /__ENV.js", "environment"],
    ["GET /api/auth/get-session", "session"],
    ["GET /signin", "sign-in-page"],
    ["GET /door/arrival?to=/x", "arrival"],
  ])("%s is answered by the door itself", (request, kind) => {
    expect(route(request)).toEqual({ kind });
  });

  it.each([
    "POST /api/auth/sign-up/email",
    "POST /API/auth/SIGN-UP/email",
    "POST /api/auth/sign-up/email/",
    "POST /api/auth/sign-in/email",
    "POST /api/auth/sign-in/social",
    "POST /api/auth/sign-out",
    "POST /api/auth/change-password",
    "POST /api/auth/reset-password",
    "POST /api/auth/delete-user",
    "POST /api/auth/get-session",
    "GET /api/auth/callback/google",
    "GET /signup",
    "GET /SignUp/",
    "GET /ingest/decide",
    "GET /_next/image?url=https%3A%2F%2Fevil.example%2Fa.png",
    "GET /_next/image?url=%2F%2Fevil.example%2Fa.png",
    "GET /_next/image?url=%2Fa.png&url=https%3A%2F%2Fevil.example",
    "GET /_next/image",
    "POST /jawn/v1/gateway/anthropic/v1/messages",
    "POST /jawn/v1/GateWay/anthropic/",
    "POST /jawn/v1/g%61teway/anthropic/",
    "POST /JAWN/v1/gateway",
    "GET /jawn/run-loops/1",
    "GET /jawn/docs/",
    "GET /jawn/",
    "DELETE /jawn/v1/organization/delete",
    "POST /jawn/v1/organization/create",
    "POST /jawn/v1/organization/some-id/add_member",
    "POST /jawn/v1/organization/some-id/update_owner",
    "DELETE /jawn/v1/organization/some-id/remove_member?memberId=1",
    "POST /api/organization/some-id/delete",
    "DELETE /jawn/v1/api-keys/1",
    "PATCH /jawn/v1/api-keys/1",
    "PUT /request-response-storage/a",
    "DELETE /request-response-storage/a",
  ])("%s is closed", (request) => {
    expect(route(request).kind).toBe("closed");
  });
});
