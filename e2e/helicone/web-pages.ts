/** A page as far as a proxy and a browser can tell: its assets are absolute, and it asks the API from the browser. */
export function page(path: string, email: string | null): string {
  const title = path.split("/")[1] ?? "";
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Helicone ${escapeHtml(title)}</title>
<link rel="stylesheet" href="/_next/static/app.css">
<script src="/__ENV.js"></script>
</head>
<body>
<img src="/static/logo.svg" alt="Helicone">
<nav><a href="/dashboard">Dashboard</a> <a href="/requests">Requests</a> <a href="/sessions">Sessions</a></nav>
<h1>${escapeHtml(path)}</h1>
<p id="account">${email === null ? "Sign in to your account" : escapeHtml(email)}</p>
<p id="cost">…</p>
<p id="requests">…</p>
<p id="body">…</p>
<p id="socket">…</p>
<script src="/_next/static/app.js"></script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** What a page does once it is there: three origins and a websocket, as the dashboard's. */
export const SCRIPT = `
const show = (id, text) => { document.getElementById(id).textContent = text; };
const api = window.__ENV.NEXT_PUBLIC_HELICONE_JAWN_SERVICE;
const post = (url, body, headers) => fetch(url, {
  method: "POST", credentials: "include",
  headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body),
}).then((answer) => answer.json());
const jwt = (orgId) => ({ "helicone-authorization": JSON.stringify({ _type: "jwt", token: "x", orgId }) });

async function load() {
  if (location.pathname.startsWith("/sign")) return;
  const metric = await post("/api/metrics/totalCost", { filter: "all" });
  show("cost", "Total cost " + metric.data);
  const orgs = await fetch(api + "/v1/organization", { credentials: "include", headers: jwt("none") }).then((a) => a.json());
  const org = orgs.data.find((one) => one.is_main_org);
  document.cookie = "currentOrgId=" + org.id + "; path=/";
  const rows = await post(api + "/v1/request/query-clickhouse", { filter: "all", offset: 0, limit: 10 }, jwt(org.id));
  show("requests", rows.data.length + " requests " + rows.data.map((row) => row.request_user_id).join(" "));
  if (rows.data.length > 0) {
    const body = await fetch(rows.data[0].signed_body_url).then((answer) => answer.text());
    show("body", body.slice(0, 200));
  }
}
load().catch((error) => show("requests", "failed: " + error.message));

const socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/api/socket");
socket.onopen = () => socket.send("ping");
socket.onmessage = (event) => show("socket", "echo " + event.data);
socket.onerror = () => show("socket", "no socket");
`;

export const STYLE = "body{font-family:sans-serif;margin:1rem}nav a{margin-right:1rem}";
