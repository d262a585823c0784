import type { IncomingMessage, ServerResponse } from "node:http";

import { toObject } from "../anthropic/json.ts";
import { receiveExchange } from "./exchange.ts";
import { parseFaults } from "./faults.ts";
import type { HeliconeStandIn } from "./helicone-stand-in.ts";

/**
 * What tests of another process may ask the stand-in, on a port of its own: GET /received, /violations and /rows;
 * POST /faults (JSON), /key ({"permissions"}) and /reset.
 */
export async function answerControl(
  standIn: HeliconeStandIn,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const exchange = await receiveExchange(request, response);
    const answer = await route(standIn, `${exchange.method} ${exchange.path}`, exchange.json);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  } catch (error) {
    response.writeHead(400).end(error instanceof Error ? error.message : String(error));
  }
}

async function route(standIn: HeliconeStandIn, name: string, json: unknown): Promise<unknown> {
  switch (name) {
    case "GET /received":
      return standIn.received;
    case "GET /violations":
      return standIn.violations();
    case "GET /rows":
      return standIn.rows;
    case "POST /faults":
      await standIn.setFaults(parseFaults(json));
      return {};
    case "POST /key":
      return { key: standIn.createKey(String(toObject(json).permissions)) };
    case "POST /reset":
      await standIn.reset();
      return {};
    default:
      throw new Error(`no such question: ${name}`);
  }
}
