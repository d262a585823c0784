import { describe, expect, it } from "vitest";

import { recipientsOf } from "#limits/alert-recipients.ts";
import type { Channel, ChannelTarget } from "#limits/channel-store.ts";
import { toMail, toSlackBody } from "#limits/message-formats.ts";

const HOSTILE = {
  title: 'Ada asks for "<b>more</b>"\r\nBcc: all@example.com',
  figures: [{ label: "Reason", value: "<script>alert(1)</script> *now* <!channel> & so on" }],
  link: 'https://llm.example.com/alerts?a=1&b="2"',
  event: {},
};

describe("what a person wrote", () => {
  it("is text in a mail: no markup, and no further header", () => {
    const { subject, html } = toMail(HOSTILE);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(html).not.toMatch(/<script|<b>|<!channel/);
    expect(html).toContain("&#60;script&#62;");
    expect(html).toContain('href="https://llm.example.com/alerts?a=1&#38;b=&#34;2&#34;"');
  });

  it("is text in Slack: it rings nobody and emphasises nothing", () => {
    const { text } = JSON.parse(toSlackBody(HOSTILE));
    expect(text).toContain("&lt;!channel&gt; &amp; so on");
    expect(text).not.toContain("<!channel>");
    expect(text.split("\n")).toHaveLength(3);
  });
});

describe("who is told", () => {
  const channel = (target: ChannelTarget): Channel => {
    return { id: 1, name: "n", target, isEnabled: true, version: 1, updatedAt: new Date(0), updatedBy: "" };
  };
  const mail = channel({ kind: "email", addresses: ["Ops@example.com"] });
  const people = { ownerEmail: "olga@example.com", admins: ["ada@example.com", "OPS@example.com"] };

  it.each([
    ["threshold", "agent", ["olga@example.com", "ada@example.com", "ops@example.com"]],
    ["runaway", "agent", ["olga@example.com", "ada@example.com", "ops@example.com"]],
    ["request", "agent", ["ada@example.com", "ops@example.com"]],
    ["threshold", "pool", ["ada@example.com", "ops@example.com"]],
    ["threshold", "fleet", ["ada@example.com", "ops@example.com"]],
  ] as const)("by mail of a %s of scope %s: each once", (kind, scope, recipients) => {
    expect(recipientsOf(mail, { kind, scope }, people)).toEqual(recipients);
  });

  it("by webhook: its host, and nothing of the rest of its address", () => {
    const hook = channel({ kind: "webhook", url: "https://hooks.example.com:8443/T0/SECRET", secret: "s" });
    expect(recipientsOf(hook, { kind: "threshold", scope: "agent" }, people)).toEqual(["hooks.example.com:8443"]);
  });
});
