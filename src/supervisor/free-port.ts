import net from "node:net";

import { DomainError } from "#domain/errors.ts";

/** A port to be listened on, and the variable that moves it. */
export type WantedPort = { host: string; port: number; portVariable: string; hostVariable: string };

/**
 * Resolves with the port that is free: the wanted one, or any for 0.
 * Rejects with the system's error when it is not.
 */
export function probePort(port: number, host = "127.0.0.1"): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });
}

/**
 * Makes sure, before anything is started, that both doors can be opened.
 * @throws DomainError `conflict` with what is in the way and which variable helps
 */
export async function requireFreePorts(wanted: readonly WantedPort[]): Promise<void> {
  for (const { host, port, portVariable, hostVariable } of wanted) {
    const twin = wanted.find((other) => other.port === port && other.portVariable !== portVariable);
    if (twin)
      throw new DomainError(
        "conflict",
        `${portVariable} and ${twin.portVariable} are both ${port}. Change one of them.`,
      );
    await probePort(port, host).catch((error: NodeJS.ErrnoException) => {
      throw new DomainError("conflict", explain(error.code, { host, port, portVariable, hostVariable }));
    });
  }
}

function explain(code: string | undefined, { host, port, portVariable, hostVariable }: WantedPort): string {
  if (code === "EADDRINUSE") return `Port ${port} is in use. Stop the other program or set ${portVariable}=…`;
  if (code === "EACCES") return `Port ${port} needs more rights than this user has. Set ${portVariable}=…`;
  return `${hostVariable}: this machine cannot listen on ${host} (${code}). Example: ${hostVariable}=127.0.0.1`;
}
