/** A container's health check: whether the address answers, and well. */
const isWell = await fetch(process.argv[2]).then(
  ({ ok }) => ok,
  () => false,
);
process.exit(isWell ? 0 : 1);
