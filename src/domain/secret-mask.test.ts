import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createSecretMask, secretsIn, secretsInLines } from "#domain/secret-mask.ts";

const KEY = "tvk_abcdefghijklmnop";

describe("an agent's secrets", () => {
  it("are the values of variables named like secrets, and of each header", () => {
    const environment = {
      ANTHROPIC_AUTH_TOKEN: KEY,
      ANTHROPIC_API_KEY: "sk-ant-1234567890",
      GITHUB_PAT: "ghp_1234567890",
      ANTHROPIC_CUSTOM_HEADERS: `X-Trinity-Agent: ${KEY}-2\nHelicone-Auth: Bearer pk-helicone-1\nno colon`,
      OTEL_EXPORTER_OTLP_HEADERS: `X-Trinity-Agent=${KEY}-3,Authorization=Bearer t0ps3cret`,
      ANTHROPIC_BASE_URL: "http://gateway:8585",
    };
    expect(secretsIn(environment)).toEqual([
      KEY,
      "sk-ant-1234567890",
      "ghp_1234567890",
      `${KEY}-2`,
      "pk-helicone-1",
      "no colon",
      `${KEY}-3`,
      "t0ps3cret",
    ]);
  });
});

describe("what an environment holds besides", () => {
  it("is found by any name that says so, in addresses and over several lines, and words and numbers are left", () => {
    const environment = {
      my_api_key_2: "lower-case-name",
      OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Basic dXNlcjpwYXNz",
      ANTHROPIC_CUSTOM_HEADERS: "Helicone-Property-Team: researchers\nanthropic-beta: something-new",
      DATABASE_URL: "postgres://app:p4ssw0rd-of-it@db/app",
      DEPLOY_KEY: "-----BEGIN KEY-----\nline-of-the-key",
    };
    expect(secretsIn(environment)).toEqual([
      "lower-case-name",
      "dXNlcjpwYXNz",
      "p4ssw0rd-of-it",
      environment.DEPLOY_KEY,
      "-----BEGIN KEY-----",
      "line-of-the-key",
    ]);
    expect(secretsInLines(["A_TOKEN=a=b=c-d-e-f", "NOTHING"])).toEqual(["a=b=c-d-e-f"]);
    expect(createSecretMask(secretsIn({ MAX_THINKING_TOKENS: "123456789" })).text("123456789")).toBe("123456789");
  });
});

describe("the mask", () => {
  const mask = createSecretMask([KEY, `${KEY}-longer`, "short"]);

  it("takes every occurrence out of a text, the longest first, and leaves short values alone", () => {
    expect(mask.text(`a ${KEY}-longer b ${KEY} c ${KEY}${KEY} short`)).toBe(
      "a [redacted] b [redacted] c [redacted][redacted] short",
    );
  });

  it("reaches every text in a JSON value", () => {
    expect(mask.json({ command: `echo ${KEY}`, list: [KEY, 1, null, { [KEY]: true }] })).toEqual({
      command: "echo [redacted]",
      list: ["[redacted]", 1, null, { "[redacted]": true }],
    });
  });

  it("changes nothing when there is no secret", () => {
    expect(createSecretMask([]).text("text")).toBe("text");
    const stream = createSecretMask([]).stream();
    expect(stream.push("te") + stream.push("xt") + stream.flush()).toBe("text");
  });

  it("lets a stream flow: only what could be the start of a secret waits", () => {
    const stream = mask.stream();
    expect(stream.push("hello tv")).toBe("hello ");
    expect(stream.push("erything")).toBe("tverything");
    expect(stream.push("tvk_abc")).toBe("");
    expect(stream.flush()).toBe("tvk_abc");
    expect(stream.push("on")).toBe("on");
  });

  it("takes out keys of the gateway and of Anthropic that nobody has told it of, in a stream too", () => {
    const own = `tvk_${"a1B-_".repeat(8)}`;
    expect(createSecretMask([]).text(`a ${own}, b sk-ant-api03-abcdef123456.`)).toBe("a [redacted], b [redacted].");
    const stream = createSecretMask([]).stream();
    const told = [`x sk-a`, "nt-api03-abc", "def123456 y tvk", "_", own.slice(4, 12), own.slice(12), "\nz"].map(
      stream.push,
    );
    expect(told.join("") + stream.flush()).toBe("x [redacted] y [redacted]\nz");
  });

  it("waits in a stream for the longer of two secrets that begin alike, and for one that begins inside another", () => {
    const stream = mask.stream();
    expect(stream.push(`a ${KEY}`) + stream.push("-longer b") + stream.flush()).toBe("a [redacted] b");
    const overlapping = createSecretMask(["secret-one", "one-and-another"]).stream();
    expect(overlapping.push("a secret-one") + overlapping.push(" b") + overlapping.flush()).toBe("a [redacted] b");
  });

  it("leaves out of a line that was cut what may be the beginning of a secret", () => {
    expect(mask.cut(`a ${KEY} b ${KEY.slice(0, 9)}`)).toBe("a [redacted] b ");
  });

  it("finds a secret in a stream wherever it is cut", () => {
    const parts = fc.array(fc.constantFrom(KEY, "tvk_", "t", "tvk_abc", " text ", KEY.slice(0, -1)), { maxLength: 8 });
    const single = createSecretMask([KEY]);
    fc.assert(
      fc.property(parts, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (texts, sizes) => {
        const whole = texts.join("");
        const stream = single.stream();
        let told = "";
        for (let at = 0, turn = 0; at < whole.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          told += stream.push(whole.slice(at, at + size));
          at += size;
        }
        told += stream.flush();
        expect(told).toBe(single.text(whole));
        expect(told).not.toContain(KEY);
      }),
      { numRuns: 2_000 },
    );
  });
});
