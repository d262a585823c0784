import { type CallSize, type CostExperience, coverOf } from "#domain/reservation.ts";

/** What a call really cost, in nano-USD. */
export type ExperiencedCost = { input: number; output: number };

/** What the last calls of each agent to each model cost. In memory: after a restart the first calls are guesses again. */
export type CostMemory = {
  /** Null: this agent has called this model never, or not lately. */
  of(agentId: number, model: string): CostExperience | null;
  learn(agentId: number, model: string, call: { size: CallSize; cost: ExperiencedCost }): void;
  /** Forgets agents that there are no more. */
  keepOnly(isKnown: (agentId: number) => boolean): void;
};

/** So many calls are remembered of an agent and a model: enough for the rare dear ones, few enough to forget old habits. */
const CALLS_KEPT = 32;

type Memory = { inputs: Float64Array; outputs: Float64Array; experience: CostExperience };

export function createCostMemory(): CostMemory {
  const agents = new Map<number, Map<string, Memory>>();
  return {
    of: (agentId, model) => agents.get(agentId)?.get(model)?.experience ?? null,
    learn(agentId, model, { size, cost }) {
      const models = agents.get(agentId) ?? new Map<string, Memory>();
      agents.set(agentId, models);
      const { inputs, outputs, experience } = models.get(model) ?? emptyMemory();
      inputs[experience.calls % CALLS_KEPT] = cost.input / Math.max(1, size.requestBytes);
      outputs[experience.calls % CALLS_KEPT] = cost.output;
      const calls = experience.calls + 1;
      // Written anew and not changed: whoever reads it has one consistent picture.
      models.set(model, {
        inputs,
        outputs,
        experience: {
          calls,
          inputPerByte: coverOf(inputs.subarray(0, calls)),
          output: coverOf(outputs.subarray(0, calls)),
        },
      });
    },
    keepOnly(isKnown) {
      for (const agentId of agents.keys()) if (!isKnown(agentId)) agents.delete(agentId);
    },
  };
}

function emptyMemory(): Memory {
  return {
    inputs: new Float64Array(CALLS_KEPT),
    outputs: new Float64Array(CALLS_KEPT),
    experience: { calls: 0, inputPerByte: 0, output: 0 },
  };
}
