import type { ChildRegister } from "#supervisor/child-register.ts";

/** What can be run, as arguments for Node; from `dist` in production, from the sources in development. */
export type Programs = {
  /** The project's folder. */
  root: string;
  nodeEnv: "production" | "development";
  gateway: readonly string[];
  portal: readonly string[];
  /** To Helicone's dashboard; runs where Helicone is turned on. */
  door: readonly string[];
  /** The server of an agent that is a process. Absolute paths: it runs in the agent's folder. */
  agentServer: readonly string[];
  scriptedUpstream: readonly string[];
  /** Takes `seed` or `traffic`. Absent where the demo is not part of the program. */
  demo: readonly string[] | undefined;
};

/** Something that was started and has to end before the supervisor does. */
export type Part = {
  stop(): Promise<void>;
  /** At once, without waiting. */
  kill(): void;
};

/** What each step of the start shares. */
export type Stage = {
  programs: Programs;
  /** In the order in which they were started; they end in the opposite order. */
  parts: Part[];
  /** Aborted when somebody asks for the end, in the midst of the start or later. */
  signal: AbortSignal;
  /** One line to the terminal. */
  say: (line: string) => void;
};

/** The stage once the data folder is ours: children can be started. */
export type ChildStage = Stage & { register: ChildRegister };
