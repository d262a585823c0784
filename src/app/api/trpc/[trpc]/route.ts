import { answerTrpcGet, answerTrpcPost } from "#portal/api/trpc-route.ts";

export const GET = answerTrpcGet;
export const POST = answerTrpcPost;
