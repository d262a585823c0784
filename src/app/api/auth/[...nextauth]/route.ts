import { answerAuthGet, answerAuthPost } from "#portal/auth/next-auth-route.ts";

export const GET = answerAuthGet;
export const POST = answerAuthPost;
