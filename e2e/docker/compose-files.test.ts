import { readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";
import { isMap, isSeq, parse, parseDocument, YAMLMap } from "yaml";

const ROOT = path.resolve(import.meta.dirname, "../..");
const MAIN = "docker-compose.yml";
const VARIANTS = ["no-helicone", "proxy", "trinity"].map((name) => `docker-compose.${name}.yml`);
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

type Service = {
  image: string;
  ports?: string[];
  volumes?: string[];
  networks?: string[] | Record<string, unknown>;
  environment?: Record<string, string>;
  restart?: string;
  user?: string;
};
type ComposeFile = {
  services?: Record<string, Service>;
  networks?: Record<string, { internal?: boolean; external?: boolean } | null>;
  volumes?: Record<string, unknown>;
};

const main = parse(read(MAIN), { merge: true }) as ComposeFile; // its shape is what is tested
const services = Object.entries(main.services ?? {});
const networksOf = ({ networks = [] }: Service) => (Array.isArray(networks) ? networks : Object.keys(networks));
const membersOf = (network: string) =>
  services.filter(([, service]) => networksOf(service).includes(network)).map(([name]) => name);
const holdersOf = (volume: string) =>
  services
    .filter(([, { volumes = [] }]) => volumes.some((line) => line.startsWith(`${volume}:`)))
    .map(([name]) => name);

/** As Compose writes a variable with a default. */
const variable = (name: string, value: string) => `\${${name}:-${value}}`;

/** The lines of a section that say nothing beside them, or above them, about why they are there. */
function unexplained(file: string, name: "networks" | "volumes"): string[] {
  const lines = read(file).split("\n");
  const document = parseDocument(read(file), { merge: true });
  const lineOf = (offset: number) => read(file).slice(0, offset).split("\n").length - 1;
  const offsets: number[] = [];
  const note = (section: unknown) => {
    if (isSeq(section)) for (const item of section.items) offsets.push((item as { range: [number] }).range[0]);
    if (isMap(section)) for (const { key } of section.items) offsets.push((key as { range: [number] }).range[0]);
  };
  note(document.get(name));
  const all = document.get("services");
  for (const { value } of all instanceof YAMLMap ? all.items : []) if (isMap(value)) note(value.get(name));
  return offsets
    .map(lineOf)
    .filter((at) => !/#\s*\S.{8}/.test(lines[at] ?? "") && !/^\s*#/.test(lines[at - 1] ?? ""))
    .map((at) => lines[at]?.trim() ?? "");
}

describe("docker-compose.yml and its variants", () => {
  it.each([MAIN, ...VARIANTS])("%s says of every network edge and every volume why it is there", (file) => {
    expect([...unexplained(file, "networks"), ...unexplained(file, "volumes")]).toEqual([]);
  });

  it.each([MAIN, ...VARIANTS])(
    "%s is understood by Compose 1.29: no name of its own, no variable within another",
    (file) => {
      expect(parse(read(file), { merge: true })).not.toHaveProperty("name");
      expect(read(file)).not.toMatch(/\$\{[^}]*\$\{/);
    },
  );

  it("has a variable for every image and every port, and a default for each variable", () => {
    for (const [, { image }] of services) expect(image).toMatch(/^\$\{[A-Z_]+_IMAGE:-[\w./-]+:[\w.-]+\}$/);
    expect(main.services?.helicone?.image).toBe(variable("HELICONE_IMAGE", "helicone/helicone-all-in-one:v2025.08.10"));
    const ports = services.flatMap(([name, { ports: published = [] }]) => published.map((port) => `${name} ${port}`));
    expect(ports).toEqual([
      `gateway ${variable("GATEWAY_BIND", "127.0.0.1")}:${variable("GATEWAY_PORT", "8585")}:8585`,
      `portal ${variable("PORTAL_BIND", "127.0.0.1")}:${variable("PORTAL_PORT", "3000")}:${variable("PORTAL_PORT", "3000")}`,
      `door ${variable("HELICONE_DOOR_BIND", "127.0.0.1")}:${variable("HELICONE_DOOR_PORT", "3001")}:${variable("HELICONE_DOOR_PORT", "3001")}`,
    ]);
    expect(read(MAIN)).not.toMatch(/\$\{[A-Z_]+\}/);
  });

  it("takes its variables from .env.example, where they have the same defaults", () => {
    const listed = new Map(
      [...read(".env.example").matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    );
    for (const [, name, value] of read(MAIN).matchAll(/\$\{([A-Z_]+):-([^}]*)\}/g)) {
      expect([...listed.keys()]).toContain(name);
      if (listed.get(name) !== "" && value !== "") expect(`${name}=${value}`).toBe(`${name}=${listed.get(name)}`);
    }
  });

  it("hands every setting on, but for those that a container has no use for", () => {
    const known = [...read("src/config.ts").matchAll(/^ {2}([A-Z_]+): \{/gm)].map((match) => match[1] ?? "");
    const handedOn = new Set(services.flatMap(([, { environment = {} }]) => Object.keys(environment)));
    expect(known.filter((name) => !handedOn.has(name)).toSorted()).toEqual([
      "AGENT_SERVER_ARGS",
      "CLAUDE_CODE_PATH",
      "DATA_DIR", // the image's
      "GATEWAY_INTERNAL_PORT", // always 8586
      "PORTAL_HOST", // HOSTNAME is what Next reads
      "TRINITY_DEMO",
    ]);
  });

  it("gives the Anthropic key to the gateway, and what signs sessions to portal and door", () => {
    const holders = (variable: string) =>
      services.filter(([, { environment = {} }]) => variable in environment).map(([name]) => name);
    expect(holders("ANTHROPIC_API_KEY")).toEqual(["gateway"]);
    expect(holders("NEXTAUTH_SECRET")).toEqual(["portal", "door"]);
    expect(holders("HELICONE_API_KEY")).toEqual(["portal"]);
    expect(holders("HELICONE_WRITE_KEY")).toEqual(["gateway"]);
  });

  it("has agents meet the gateway alone, and each inner service only those who need it", () => {
    expect(membersOf("agents")).toEqual(["gateway"]);
    expect(membersOf("database")).toEqual(["postgres", "database", "gateway", "portal", "door"]);
    expect(membersOf("control")).toEqual(["gateway", "portal"]);
    expect(membersOf("docker")).toEqual(["portal", "docker-proxy"]);
    expect(membersOf("helicone")).toEqual(["gateway", "portal", "door", "helicone", "helicone-bootstrap"]);
    expect(membersOf("outside")).toEqual(["gateway", "portal"]);
    const inner = Object.entries(main.networks ?? {}).filter(([, network]) => network?.internal === true);
    expect(inner.map(([name]) => name)).toEqual(["database", "control", "docker", "helicone"]);
    for (const name of ["postgres", "docker-proxy", "helicone"])
      for (const network of networksOf(main.services?.[name] ?? { image: "" }))
        expect(main.networks?.[network]).toMatchObject({ internal: true });
  });

  it("names its volumes and uses every one; Helicone has three, and Docker's socket one holder", () => {
    const used = services.flatMap(([, { volumes = [] }]) => volumes.map((line) => line.split(":")[0] ?? ""));
    const named = used.filter((source) => /^[a-z]/.test(source));
    expect([...new Set(named)].toSorted()).toEqual(Object.keys(main.volumes ?? {}).toSorted());
    const own = main.services?.helicone?.volumes?.filter((line) => !line.endsWith(":ro"));
    expect(own).toEqual([
      "helicone-postgres:/var/lib/postgresql",
      "helicone-clickhouse:/var/lib/clickhouse",
      "helicone-objects:/data",
    ]);
    expect(
      services.filter(([, { volumes = [] }]) => /docker\.sock/.test(volumes.join())).map(([name]) => name),
    ).toEqual(["docker-proxy"]);
    expect(holdersOf("gateway-helicone-key")).toEqual(["gateway", "helicone-bootstrap"]);
    expect(holdersOf("portal-helicone-key")).toEqual(["portal", "door", "helicone-bootstrap"]);
    expect(holdersOf("portal-secrets")).toEqual(["secrets", "database", "portal", "door"]);
  });

  it("gives Helicone what it needs behind the door and for its log API, and starts again what ended", () => {
    expect(main.services?.helicone?.environment).toMatchObject({
      BETTER_AUTH_URL: variable("HELICONE_DOOR_URL", ""),
      NEXT_PUBLIC_APP_URL: variable("HELICONE_DOOR_URL", ""),
      NEXT_PUBLIC_IS_ON_PREM: "true",
      S3_ENDPOINT_PUBLIC: variable("HELICONE_DOOR_URL", ""),
      S3_REGION: "us-east-1",
    });
    const once = services.filter(([, { restart }]) => restart !== "unless-stopped").map(([name]) => name);
    expect(once).toEqual(["secrets", "database", "helicone-bootstrap"]);
  });
});
