/**
 * How the gateway's refusal of a spent budget begins. Agents repeat it word for word, some of them inside what looks
 * like an answer; by it such an answer is known for what it is.
 */
export const BUDGET_STOP_SENTENCE = "This agent has reached its spending budget and was stopped.";

/** How the gateway's refusal begins while somebody has paused the agent; it is known in answers like the other. */
export const PAUSE_STOP_SENTENCE = "This agent is paused and was stopped.";
