import { describe, expect, it } from "vitest";

import { chooseCredential, toAgentHeaders, toUpstreamHeaders } from "#gateway/forward-headers.ts";

const GATEWAY = { kind: "gateway", apiKey: "sk-ant-gateway" } as const;

/** The names and values that go out, names in lower case. */
function sent(rawHeaders: readonly string[]): [string, string][] {
  const flat = toUpstreamHeaders(rawHeaders, GATEWAY);
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), flat[at + 1] ?? ""]] : []));
}

const OURS = [
  ["accept-encoding", "identity"],
  ["x-api-key", "sk-ant-gateway"],
];

describe("headers on their way to the upstream", () => {
  it("what the agent says of its request passes, unknown headers and repeated ones included, in order", () => {
    const headers = [
      "anthropic-beta",
      "a",
      "Anthropic-Beta",
      "b",
      "X-New-Thing",
      "1",
      "anthropic-version",
      "2023-06-01",
    ];
    expect(sent(headers)).toEqual([
      ["anthropic-beta", "a"],
      ["anthropic-beta", "b"],
      ["x-new-thing", "1"],
      ["anthropic-version", "2023-06-01"],
      ...OURS,
    ]);
  });

  it.each([
    [
      "a credential",
      ["Authorization", "Bearer x", "X-Api-Key", "y", "x-api-key", "z", "Cookie", "c", "Proxy-Authorization", "p"],
    ],
    [
      "our own headers and Helicone's",
      ["X-Trinity-Agent", "k", "X-TRINITY-Anything", "1", "Helicone-Auth", "h", "helicone-property-x", "1"],
    ],
    [
      "headers of the connection",
      ["Connection", "close", "Keep-Alive", "5", "TE", "trailers", "Trailer", "x", "Upgrade", "h2c"],
    ],
    [
      "framing",
      [
        "Transfer-Encoding",
        "chunked",
        "Content-Length",
        "4",
        "Content-Length",
        "5",
        "Expect",
        "100-continue",
        "Host",
        "a",
      ],
    ],
    ["the way here", ["X-Forwarded-For", "1", "X-Forwarded-Host", "h", "Forwarded", "f", "Via", "v", "X-Real-IP", "1"]],
    ["encodings we could not meter", ["Accept-Encoding", "gzip, br, zstd", "accept-encoding", "br"]],
    [
      "what Connection names as its own",
      ["Connection", "X-Hop , x-HOP2", "connection", "x-hop3", "X-Hop", "1", "X-Hop2", "2", "X-Hop3", "3"],
    ],
  ])("%s stays behind", (_what, headers) => {
    expect(sent(headers)).toEqual(OURS);
  });

  it("Connection cannot take our own key out of the request", () => {
    expect(sent(["Connection", "x-api-key, accept-encoding"])).toEqual(OURS);
  });

  it("an agent that pays itself sends its own credentials and nothing of ours", () => {
    const credentials = [{ header: "authorization" as const, value: "Bearer sk-ant-oat01-x" }];
    const headers = toUpstreamHeaders(["authorization", "Bearer sk-ant-oat01-x"], { kind: "own", credentials });
    expect(headers).toEqual(["accept-encoding", "identity", "authorization", "Bearer sk-ant-oat01-x"]);
  });
});

describe("who pays", () => {
  const own = [{ header: "x-api-key" as const, value: "sk-ant-own" }];
  it.each([
    ["the gateway, where the key came as the API key", "k", "credential", [], { kind: "gateway", apiKey: "k" }],
    ["the gateway, even if another credential came along", "k", "credential", own, { kind: "gateway", apiKey: "k" }],
    ["the agent, where its key came beside its own", "k", "beside", own, { kind: "own", credentials: own }],
    ["the gateway, where nothing came beside", "k", "beside", [], { kind: "gateway", apiKey: "k" }],
    ["the agent, where the gateway has no key", undefined, "credential", own, { kind: "own", credentials: own }],
    ["nobody, where there is no key at all", undefined, "beside", [], null],
  ] as const)("%s", (_who, apiKey, keyArrivedAs, ownCredentials, expected) => {
    expect(chooseCredential(apiKey, { keyArrivedAs, ownCredentials })).toEqual(expected);
  });
});

describe("headers on their way to the agent", () => {
  const upstream = {
    "content-type": "application/json",
    "content-length": "12",
    "content-encoding": "gzip",
    "retry-after": "5",
    "x-should-retry": "true",
    "x-new": "1",
  };

  it("what the upstream says of its answer passes", () => {
    expect(toAgentHeaders(upstream, "gateway")).toEqual(upstream);
  });

  it("what belongs to the upstream's connection and site does not", () => {
    const private_ = {
      connection: "keep-alive, X-Hop",
      "x-hop": "1",
      "keep-alive": "timeout=5",
      "transfer-encoding": "chunked",
      trailer: "x",
      "set-cookie": ["a=1"],
      "alt-svc": "h3",
      "strict-transport-security": "max-age=1",
      "request-id": "req_upstream",
    };
    expect(toAgentHeaders({ ...upstream, ...private_ }, "gateway")).toEqual(upstream);
  });

  it("the account's rate-limit figures go to the agent only when the account is its own", () => {
    const figures = { "anthropic-ratelimit-requests-remaining": "3" };
    expect(toAgentHeaders(figures, "gateway")).toEqual({});
    expect(toAgentHeaders(figures, "own")).toEqual(figures);
  });
});
