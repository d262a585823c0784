import { createSimulatedClock } from "#testing/simulated-clock.ts";

import type { Answer, Door, Passage } from "./doors.ts";
import { createRandom } from "./random.ts";
import type { PlannedCall, Traffic } from "./traffic.ts";

/** One budget from its first call to its end. */
export type Run = {
  calls: number;
  spent: bigint;
  /** Beyond the limit, and in calls: of the dearest of those under way when the limit was reached. */
  overshoot: bigint;
  overshootCalls: number;
  /** Refused although the limit was not reached. */
  falseRefusals: number;
  /** Asked to try again after the longest hold. */
  triedAgain: number;
  unused: bigint;
  /** From the first call to the last one's end. */
  elapsedMs: number;
  /** How long each call was held before it went out. */
  waitsMs: number[];
};

export type RunPlan = {
  door: Door;
  traffic: Traffic;
  /** Clients that make one call after the other until one is refused. */
  parallel: number;
  agents: number;
  limit: bigint;
  seed: number;
};

const START_MS = Date.parse("2026-11-24T06:00:00Z");
const TRY_AGAIN_MS = 2_000;
/** Chunks of a stream come far more often; what they change is small. */
const CHUNK_MS = 1_000;
const CHUNKS_MIN = 4;

type State = RunPlan & {
  clock: ReturnType<typeof createSimulatedClock>;
  ask(agentId: number, call: PlannedCall): Answer | Promise<Answer>;
  nextCall(spentShare: number): PlannedCall;
  spent: bigint;
  underWay: Set<PlannedCall>;
  /** The dearest of those that ended when the limit was reached or afterwards. */
  dearestAtLimit: bigint;
  lastEndMs: number;
  run: Pick<Run, "calls" | "falseRefusals" | "triedAgain" | "waitsMs">;
};

/** Lets the clients loose on the budget, with a clock that takes no time. */
export async function runBudget(plan: RunPlan): Promise<Run> {
  const clock = createSimulatedClock(START_MS);
  const { ask } = plan.door.create(clock, plan.limit);
  const state: State = {
    ...plan,
    clock,
    ask,
    nextCall: plan.traffic.start(createRandom(plan.seed)),
    spent: 0n,
    underWay: new Set(),
    dearestAtLimit: 0n,
    lastEndMs: START_MS,
    run: { calls: 0, falseRefusals: 0, triedAgain: 0, waitsMs: [] },
  };
  for (let client = 0; client < plan.parallel; client += 1) clock.after(client * 10, () => begin(state, client));
  do await heard();
  while (clock.advanceToNext());

  const overshoot = state.spent > plan.limit ? state.spent - plan.limit : 0n;
  return {
    ...state.run,
    spent: state.spent,
    overshoot,
    overshootCalls: overshoot === 0n ? 0 : Number(overshoot) / Number(state.dearestAtLimit),
    unused: plan.limit > state.spent ? plan.limit - state.spent : 0n,
    elapsedMs: state.lastEndMs - START_MS,
  };
}

/** Whoever was answered has heard it afterwards. */
async function heard(): Promise<void> {
  for (let hops = 0; hops < 4; hops += 1) await undefined;
}

function begin(state: State, client: number): void {
  const call = state.nextCall(Number(state.spent) / Number(state.limit));
  ask(state, client, { call, sinceMs: state.clock.nowMs() });
}

type Asked = { call: PlannedCall; sinceMs: number };

function ask(state: State, client: number, asked: Asked): void {
  const answer = state.ask(client % state.agents, asked.call);
  if (answer instanceof Promise) void answer.then((late) => goOn(state, client, { ...asked, answer: late }));
  else goOn(state, client, { ...asked, answer });
}

function goOn(state: State, client: number, { call, sinceMs, answer }: Asked & { answer: Answer }): void {
  const { clock, run } = state;
  if (answer === "refused") {
    if (state.spent < state.limit) run.falseRefusals += 1;
  } else if (answer === "try again") {
    run.triedAgain += 1;
    clock.after(TRY_AGAIN_MS, () => ask(state, client, { call, sinceMs }));
  } else {
    run.waitsMs.push(clock.nowMs() - sinceMs);
    state.underWay.add(call);
    stream(state, client, { call, passage: answer });
  }
}

function stream(state: State, client: number, { call, passage }: { call: PlannedCall; passage: Passage }): void {
  const { clock } = state;
  clock.after(call.waitMs, () => passage.started());
  const chunks = Math.max(CHUNKS_MIN, Math.ceil(call.streamMs / CHUNK_MS));
  for (let chunk = 1; chunk < chunks; chunk += 1) {
    const tokens = Math.floor((call.outputTokens * chunk) / chunks);
    clock.after(call.waitMs + (call.streamMs * chunk) / chunks, () => passage.streamed(tokens));
  }
  clock.after(call.waitMs + call.streamMs, () => {
    state.underWay.delete(call);
    state.spent += call.cost;
    state.run.calls += 1;
    state.lastEndMs = clock.nowMs();
    if (state.spent >= state.limit && call.cost > state.dearestAtLimit) state.dearestAtLimit = call.cost;
    passage.ended();
    begin(state, client);
  });
}
