// Loaded into a process with `NODE_OPTIONS=--import`: while the file that FULL_DISK_FLAG names exists, the process's
// disk takes half of what is written, and then nothing.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const flag = process.env.FULL_DISK_FLAG;
const { writeSync } = fs;
let isHalfTaken = false;

fs.writeSync = (fd, data, ...rest) => {
  // Logs are written as text, the journal as bytes.
  if (!Buffer.isBuffer(data) || !fs.existsSync(flag)) return writeSync(fd, data, ...rest);
  isHalfTaken = !isHalfTaken;
  const [offset = 0] = rest;
  if (isHalfTaken) return writeSync(fd, data, offset, Math.floor((data.length - offset) / 2));
  throw Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    errno: -28,
    syscall: "write",
  });
};
syncBuiltinESMExports();
