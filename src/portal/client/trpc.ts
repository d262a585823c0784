"use client";

import type { inferRouterOutputs } from "@trpc/server";
import { createTRPCContext } from "@trpc/tanstack-react-query";

import type { AppRouter } from "#portal/api/routers/app-router.ts";

/** What the procedures answer, as the pages see it. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** The portal's procedures for the pages; `useTRPC` gives their query, mutation and subscription options. */
export const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>();
