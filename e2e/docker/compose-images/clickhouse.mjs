import { existsSync } from "node:fs";
import { createServer } from "node:http";

/** Stands in for ClickHouse's port, as far as a health check sees it. */
createServer((request, response) => {
  if (existsSync("/tmp/clickhouse-is-down")) return request.socket.destroy();
  let query = "";
  request.on("data", (text) => (query += text));
  request.on("end", () => {
    if (query === "SELECT 1 FROM request_response_rmt LIMIT 0") response.end();
    else response.writeHead(404).end(`Code: 60. DB::Exception: unknown table in ${query}`);
  });
}).listen(8123, "127.0.0.1");
