import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { redactJson, redactText } from "#helicone/redact-secrets.ts";

const random = (length: number, alphabet = "aB3dE5gH7jK9") =>
  alphabet.repeat(Math.ceil(length / alphabet.length)).slice(0, length);
const PEM = `-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA${random(64)}\n${random(64)}==\n-----END RSA PRIVATE KEY-----`;

/** Put together here, so that no scanner takes this file for a leak. */
const SECRETS: readonly (readonly [string, string])[] = [
  ["Anthropic", `sk-ant-${"api03"}-${random(40)}`],
  ["Anthropic OAuth", `sk-ant-${"oat01"}-${random(40)}`],
  ["OpenAI", `sk-${"proj"}-${random(40)}`],
  ["OpenAI, old", `sk-${random(48)}`],
  ["Helicone", `sk-${"helicone"}-abcdefg-abcdefg-abcdefg-abcdefg`],
  ["ours", `tvk_${random(43)}`],
  ["AWS", `AKIA${random(16, "ABCDEFGH234567")}`],
  ["GitHub", `ghp_${random(36)}`],
  ["GitHub, fine-grained", `github_pat_${random(60)}`],
  ["GitLab", `glpat-${random(20)}`],
  ["Slack", `xoxb-1234567890-${random(24)}`],
  ["Slack webhook", `https://hooks.slack.com/services/T00000000/B00000000/${random(24)}`],
  ["Google", `AIza${random(35)}`],
  ["Stripe", `sk_live_${random(24)}`],
  ["SendGrid", `SG.${random(22)}.${random(43)}`],
  ["npm", `npm_${random(36)}`],
  ["PyPI", `pypi-${random(60)}`],
  ["Hugging Face", `hf_${random(34)}`],
  ["Docker", `dckr_pat_${random(27)}`],
  ["Vault", `hvs.${random(90)}`],
  ["Telegram", `123456789:AA${random(33)}`],
  ["JSON web token", `eyJ${random(20)}.eyJ${random(30)}.${random(43)}`],
];

describe("what looks like a secret", () => {
  it.each(SECRETS)("is taken out wherever it stands: %s", (_, secret) => {
    for (const text of [secret, `export X=${secret}`, `"${secret}"`, `(${secret}), and`, `see:\n${secret}\n`]) {
      expect(redactText(text)).not.toContain(secret);
      expect(redactText(text)).toContain("[redacted]");
    }
    expect(redactText(`before ${secret} after`)).toBe("before [redacted] after");
  });

  it("is taken out whole where it is a private key, also cut, escaped, or one of many", () => {
    expect(redactText(`a\n${PEM}\nb`)).toBe("a\n[redacted]\nb");
    expect(redactText(PEM.slice(0, 120))).toBe("[redacted]");
    expect(redactText(JSON.stringify({ key: PEM }))).toBe('{"key":"[redacted]"}');
    expect(redactText(`${PEM}\n${PEM}`)).toBe("[redacted]\n[redacted]");
  });

  it.each([
    ["DB_PASSWORD=hunter2x", "DB_PASSWORD=[redacted]"],
    ["password: s3cr3t-w0rd # old", "password: [redacted] # old"],
    ['{"apiKey": "0123456789"}', '{"apiKey": "[redacted]"}'],
    ['{\\"client_secret\\":\\"0123456789\\"}', '{\\"client_secret\\":\\"[redacted]\\"}'],
    ["curl -H 'Authorization: Bearer 0123456789abcdef'", "curl -H 'Authorization: Bearer [redacted]'"],
    ["Cookie: session=0123456789; a=b", "Cookie: [redacted]"],
    ["postgresql://app:s3cr3t@db:5432/x", "postgresql://app:[redacted]@db:5432/x"],
    ["login --password s3cr3t-w0rd --user ada", "login --password [redacted] --user ada"],
    ["curl -u ada:hunter2 https://x.test/a", "curl -u ada:[redacted] https://x.test/a"],
    [`curl -sSu "ada:hunter2" -X POST`, `curl -sSu "ada:[redacted]" -X POST`],
    ["curl https://x.test --user ada:pa:ss", "curl https://x.test --user ada:[redacted]"],
    ['{"command":"curl -u \\"ada:hunter2\\" x"}', '{"command":"curl -u \\"ada:[redacted]\\" x"}'],
    ["mysql -u root -phunter2 shop", "mysql -u root -p[redacted] shop"],
    ["mysqldump -h db -p hunter2 shop", "mysqldump -h db -p [redacted] shop"],
    ["mysql -uroot -p'hunter2' -e 'select 1'", "mysql -uroot -p'[redacted]' -e 'select 1'"],
    ["mysql -p123456 shop", "mysql -p[redacted] shop"],
    ["sshpass -p hunter2 ssh ada@host", "sshpass -p [redacted] ssh ada@host"],
    ["redis-cli -h cache -a hunter2 ping", "redis-cli -h cache -a [redacted] ping"],
    ["docker login -u ada -p hunter2 x.test", "docker login -u ada -p [redacted] x.test"],
  ])("is taken out by what stands before it: %s", (text, redacted) => {
    expect(redactText(text)).toBe(redacted);
  });
});

describe("what is no secret", () => {
  it.each([
    "The password is asked for at the login page.",
    "max_tokens: 4096, input_tokens: 12",
    "https://example.com/docs/tokens?page=2",
    "git@github.com:org/repo.git at 8f14e45fceea167a5a36dedd4bea2543",
    "toolu_01A09q90qw90lq917835lq9 and msg_013Zva2CMHLNnjNjJKqJ2EF",
    "const total = a.key - b.key; // sk-ip",
    "01a20dac-7340-763c-9f61-00779c6e76ee",
    "docker run -p 8080:80 nginx && mkdir -p src/app",
    "docker run --name mysql -p 127.0.0.1:3306:3306 -p 8080:80/tcp mysql",
    "docker run --name mysql -p 3306 -d image",
    "docker exec mysql mkdir -p /var/lib/data",
    "mysql -u root -p -e 'select 1' # asks",
    "curl -u ada https://x.test:8443/a",
    "curl --url https://x.test:8443 -o out:put",
    "python -u main.py:app; ssh -p 2222 ada@host",
  ])("stays as it is: %s", (text) => {
    expect(redactText(text)).toBe(text);
  });
});

describe("a JSON value", () => {
  it("is searched in every text and name, and loses what stands in fields named like secrets", () => {
    const [, secret] = SECRETS[0] ?? ["", ""];
    const given = {
      messages: [{ content: [{ type: "text", text: `my key is ${secret}` }] }],
      input: { password: "abc", api_key: ["x", "y"], dbPassword: "p", access_token: "z", note: "keep" },
      [secret]: 1,
      usage: { input_tokens: 5, token: 7 },
      tokens: "keep",
    };
    expect(redactJson(given)).toEqual({
      messages: [{ content: [{ type: "text", text: "my key is [redacted]" }] }],
      input: {
        password: "[redacted]",
        api_key: ["[redacted]", "[redacted]"],
        dbPassword: "[redacted]",
        access_token: "[redacted]",
        note: "keep",
      },
      "[redacted]": 1,
      usage: { input_tokens: 5, token: 7 },
      tokens: "keep",
    });
  });
});

describe("the time it takes", () => {
  it.each([
    ["beginnings of private keys", "-----BEGIN PRIVATE KEY-----"],
    ["words before secrets", "password "],
    ["dashes", "-"],
    ["addresses without an end", "a://b:"],
    ["beginnings of tokens", "eyJaaaaaaaaaaaa."],
    ["names of options", "--token-a"],
    ["equal signs", "token=="],
    ["commands", "curl -u a: "],
    ["commands with passwords", "mysql -p "],
  ])("is in proportion to the text, whatever it is made of: %s", (_, piece) => {
    const startedAt = performance.now();
    redactText(piece.repeat(1_000_000 / piece.length));
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it("never fails", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void redactText(text)));
    fc.assert(fc.property(fc.jsonValue(), (value) => void redactJson(value)));
  });
});
