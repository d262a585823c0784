/**
 * Ends this process when the npm that started it is gone. Its npm script says `exec`, so npm's signals come here directly; a
 * killed npm sends none, but then the parent changes.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 500).unref();
}
