import type { AgentSpec } from "#agents/runtime.ts";
import { agentNameProblem } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";

/** What the runtimes themselves set, and what would change how a program is loaded. */
const RESERVED = /^(PATH|HOME|USER|SHELL|TMPDIR|NODE_.*|LD_.*|DYLD_.*|BASH_ENV|ENV|AGENT_.*|TEMPLATE_NAME|TRINITY_.*)$/;
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const VALUE_BYTES_MAX = 65_536;
const LABEL = /^[^\p{Cc}]{0,200}$/u;
/** Claude Code alone needs some 300 MB; below this it is killed before it answers. */
const MEMORY_BYTES_MIN = 512 * 1024 * 1024;

/**
 * Makes sure that a spec can be run as it is. Both runtimes call it first.
 * @throws DomainError invalid_input with what is wrong; values of variables are not repeated
 */
export function requireValidSpec(spec: AgentSpec): void {
  const problem =
    agentNameProblem(spec.name) ?? environmentProblem(spec.environment) ?? labelProblem(spec) ?? limitProblem(spec);
  if (problem !== null) throw new DomainError("invalid_input", problem);
}

function environmentProblem(environment: AgentSpec["environment"]): string | null {
  for (const [name, value] of Object.entries(environment)) {
    if (!VARIABLE_NAME.test(name)) return "A variable's name has letters, digits and underscores only.";
    if (RESERVED.test(name)) return `The variable ${name} is set by the runtime; leave it out.`;
    if (value.includes("\0")) return `The variable ${name} holds a NUL character.`;
    if (Buffer.byteLength(value) > VALUE_BYTES_MAX) return `The variable ${name} is longer than 64 KB.`;
  }
  return null;
}

function labelProblem({ labels }: AgentSpec): string | null {
  const isUsable = [labels.type, labels.template].every((label) => label === null || LABEL.test(label));
  return isUsable ? null : "Type and template have at most 200 characters, all on one line.";
}

function limitProblem({ limits }: AgentSpec): string | null {
  const { cpus, memoryBytes } = limits;
  if (cpus !== null && !(cpus >= 0.1 && cpus <= 1_024)) return "CPU limit: between 0.1 and 1024 cores.";
  const isWhole = memoryBytes === null || Number.isSafeInteger(memoryBytes);
  if (!isWhole || (memoryBytes !== null && memoryBytes < MEMORY_BYTES_MIN)) {
    return "Memory limit: at least 512 MB, because Claude Code needs that much.";
  }
  return null;
}
