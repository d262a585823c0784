import { parseScript, type Script, scriptInMessages } from "./script.ts";

/** A request as it arrived. */
export type RecordedCall = {
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string>;
  body: string;
  /** `aborted`: the caller left before the answer was complete (or the script destroyed the connection). */
  outcome: "open" | "answered" | "aborted";
};

/** Decides by a function of the request; null means "no script". */
export type ScriptFunction = (call: RecordedCall, body: unknown) => Script | null;

/**
 * Where a request's script comes from, first hit wins: header `x-script` (JSON), the marker in the last user
 * message, the queue, the function. Counts `times` by script and session.
 */
export function createScriptSource(decide: ScriptFunction | undefined) {
  const queue: Script[] = [];
  const used = new Map<string, number>();

  const resolve = (script: Script, key: string): Script => {
    if (script.times === undefined) return script;
    const count = (used.get(key) ?? 0) + 1;
    used.set(key, count);
    return count <= script.times ? script : resolve(script.afterwards ?? {}, `${key} afterwards`);
  };

  return {
    enqueue: (...scripts: Script[]) => void queue.push(...scripts),
    /** Throws an Error that says what is wrong with the script that a request carries. */
    scriptFor(call: RecordedCall, body: unknown): Script {
      const session = call.headers["x-claude-code-session-id"] ?? "";
      const header = call.headers["x-script"];
      if (header !== undefined) return resolve(parseScript(header), `${session} ${header}`);
      const marked = scriptInMessages(body);
      if (marked !== null) return resolve(marked.script, `${session} ${marked.text}`);
      return queue.shift() ?? decide?.(call, body) ?? {};
    },
    reset(): void {
      queue.length = 0;
      used.clear();
    },
  };
}
