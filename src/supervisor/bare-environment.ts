/** For programs of the system that need nothing of ours: no setting, no credential, and messages in English. */
export const BARE_ENVIRONMENT: NodeJS.ProcessEnv = { PATH: "/usr/bin:/bin", LC_ALL: "C", NODE_ENV: "production" };
