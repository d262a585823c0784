import { initTRPC, type TRPCError } from "@trpc/server";
import superjson from "superjson";

import { DomainError } from "#domain/errors.ts";
import { type Access, PROCEDURE_ACCESS } from "#portal/api/access.ts";
import { authorize } from "#portal/api/authorize.ts";
import { actorOf, type PortalContext } from "#portal/api/context.ts";
import { refusalOf, toTrpcError } from "#portal/api/errors.ts";
import { agentNameInput } from "#portal/api/schemas.ts";
import { refusedBodyOf } from "#portal/chat/chat-refused-error.ts";
import { currentRequestId } from "#request-id.ts";

const t = initTRPC.context<PortalContext>().create({
  transformer: superjson,
  isDev: false, // in development, too, no stack leaves the server
  errorFormatter({ shape, error }) {
    const { message } = toTrpcError(error);
    const domainCode = refusalOf(error.cause)?.code ?? null;
    return {
      ...shape,
      message,
      data: { ...shape.data, domainCode, requestId: currentRequestId(), chatRefusal: refusedBodyOf(error.cause) },
    };
  },
  sse: { client: { reconnectAfterInactivityMs: 40_000 } },
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** Counts each procedure by its name, and says what went wrong as people are told it. */
const mapErrors = t.middleware(async ({ next, path, ctx }) => {
  const startedAtMs = performance.now();
  const result = await next();
  ctx.platform.metrics.figures.answered(path, resultOf(result), performance.now() - startedAtMs);
  if (!result.ok) throw toTrpcError(result.error);
  return result;
});

function resultOf(result: { ok: true } | { ok: false; error: TRPCError }): "ok" | "refused" | "failed" {
  if (result.ok) return "ok";
  return toTrpcError(result.error).code === "INTERNAL_SERVER_ERROR" ? "failed" : "refused";
}

/** The procedure's row in the access table has to say what its code says; otherwise nobody gets in. */
function signedIn(access: Access) {
  return t.procedure.use(mapErrors).use(async ({ ctx, path, next }) => {
    const isDeclared = PROCEDURE_ACCESS[path] === access;
    const { actor } = await authorize(isDeclared ? "signed-in" : undefined, { ...ctx, actor: actorOf(ctx) });
    return next({ ctx: { ...ctx, actor: present(actor) } });
  });
}

function forAgent(access: Access) {
  return signedIn(access)
    .input(agentNameInput)
    .use(async ({ ctx, input, next }) => {
      const { agent } = await authorize(access, { ...ctx, agentName: input.agentName });
      return next({ ctx: { ...ctx, agent: present(agent) } });
    });
}

/** For whoever is signed in. `ctx.actor` is the person. */
export const signedInProcedure = signedIn("signed-in");

/** For admins. */
export const adminProcedure = signedIn("admin").use(async ({ ctx, next }) => {
  await authorize("admin", ctx);
  return next();
});

/** For whoever may see the agent named by `agentName`; `ctx.agent` is the agent. */
export const agentProcedure = forAgent("agent-visible");

/** For admins, about the agent named by `agentName`. */
export const adminAgentProcedure = forAgent("admin");

/** authorize() answers with the person and the agent wherever the row asks for them. */
function present<T>(value: T | null): T {
  if (value === null) throw new DomainError("not_allowed", "This is not open to anybody.");
  return value;
}
