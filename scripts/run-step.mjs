import { spawn } from "node:child_process";

/**
 * Runs a program, quietly: its output is shown only if it fails. A signal to us ends it too.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<void>} rejects with a StepError that holds the output
 */
export function runStep(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    const forward = (signal) => {
      child.kill(signal);
      child.once("exit", () => process.exit(1));
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, forward);
    const settle = (error) => {
      for (const signal of signals) process.off(signal, forward);
      if (error) reject(error);
      else resolve();
    };
    child.once("error", (error) => settle(new StepError(`${command} could not be run: ${error.message}`)));
    child.once("close", (code, signal) =>
      settle(code === 0 ? undefined : new StepError(`${output.trim()}\n(${command} ended with ${signal ?? code})`)),
    );
  });
}

/** A step of the preparation that failed; the message is the step's own output. */
export class StepError extends Error {}
