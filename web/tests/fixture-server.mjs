// Serves the built page and recorded data as the cell server would: node tests/fixture-server.mjs [--port N] [--speed N]
// [--role nation|white|observer] [--load N] [--dist FOLDER]. With --load each picture holds N objects: the recorded one, turned.
import { createServer } from "node:http";
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { fileURLToPath, URL } from "node:url";
import process from "node:process";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const BEGINS = Date.parse("2026-06-15T12:04:00Z");
const TYPES = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json",
  ".jpg": "image/jpeg", ".png": "image/png", ".svg": "image/svg+xml", ".xml": "application/xml", ".wasm": "application/wasm",
};

// The policy of the cell server (src/synaspis/server/cells/gate.py).
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self' data: blob:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const DIST = option("dist", join(HERE, "..", "dist"));
const fixture = (name) => JSON.parse(readFileSync(join(HERE, "fixtures", `${name}.json`), "utf8"));

const speed = Number(option("speed", "1"));
const load = Number(option("load", "1"));
const session = { ...fixture("session"), role: option("role", "nation") };
if (session.role === "white") Object.assign(session, { cell: "white", name: "White cell", view_as: ["alpha", "bravo", "charlie"] });
const scene = fixture("scene");
const feeds = Object.fromEntries(session.nations.map(({ id }) => [id, fixture(`feed-${id}`)]));
const why = fixture("why");
const logs = fixture("logs");
const boards = fixture("boards");
const sent = [];
const started = Date.now();
const exerciseNow = () => BEGINS + (Date.now() - started) * speed;
const clock = () => ({ exercise_time: new Date(exerciseNow()).toISOString().replace("Z", "000Z"), speed, state: "running" });

function turned(track, number) {
  if (number === 1) return track;
  const angle = ((number * 137.5) % 360) * (Math.PI / 180);
  const turn = ([x, y, z]) => [x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle), z];
  const moved = (place) => place && {
    ...place, longitude_deg: ((place.longitude_deg + (angle * 180) / Math.PI + 540) % 360) - 180,
  };
  return {
    ...track, number, position_ecef_m: turn(track.position_ecef_m), velocity_ecef_m_s: turn(track.velocity_ecef_m_s),
    impact: moved(track.impact), launch: moved(track.launch),
  };
}

function loaded(told) {
  if (load < 2 || told.event.type !== "picture") return told;
  const [track] = told.event.tracks;
  return { ...told, event: { ...told.event, tracks: Array.from({ length: load }, (_, index) => turned(track, index + 1)) } };
}

function feed(request, response, query) {
  const as = query.get("as");
  const events = feeds[as] ?? [];
  let after = Number(request.headers["last-event-id"] ?? 0);
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const write = (kind, data, id) => {
    response.write(`${id === undefined ? "" : `id: ${id}\n`}event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  write("clock", clock());
  for (const log of logs) write("log", log);
  write("board", { as, board: boards[as] });
  const due = () => {
    while (after < events.length && Date.parse(events[after].event.at) <= exerciseNow()) {
      write(events[after].event.type, loaded(events[after]), after + 1);
      after += 1;
    }
  };
  due();
  const timer = setInterval(due, 100);
  const ticking = setInterval(() => { write("clock", clock()); }, 2000);
  request.on("close", () => { clearInterval(timer); clearInterval(ticking); });
}

function whyOf(query) {
  const recipient = query.get("as");
  const event = feeds[recipient]?.find(({ centre, counter }) =>
    centre === query.get("centre") && counter === Number(query.get("counter")))?.event;
  if (!event) return [404, { error: { faults: [{ what: "there is no such event", where: "counter", remedy: "Ask for one that came." }] } }];
  const reasons = why.reasons[recipient] ?? {};
  const name = `${event.message?.sender} ${event.message?.kind}`;
  const at = event.type === "message" ? why.steps.indexOf(name) : -1;
  const carried = (event.why ?? event.tracks?.[0].why ?? []).map((each) => `Agreement ${each.agreement}, clause ${each.clause}.`);
  return [200, { sentences: reasons[at] ?? carried }];
}

function whyNotOf(query) {
  const kinds = { warning: "launch-report", consultation: "text", notification: "pre-launch-notification", status: "sensor-status" };
  const wanted = `${query.get("sender")} ${kinds[query.get("product")]}`;
  const reasons = why.steps.flatMap((step, at) => (step === wanted ? why.reasons[query.get("as")]?.[at] ?? [] : []));
  return [200, { sentences: [...new Set(reasons)] }];
}

const programme = {
  id: "winter-rocket", name: session.exercise, summary: "One flight that nobody announced.", starts: "2026-06-15T12:00:00.000000Z",
  ends: "2026-06-15T12:30:00.000000Z", objectives: [{ id: "warn", text: "Warn while there is time." }],
  injects: [{
    id: "fly", event: "A flight", incident: "A flight that nobody announced", at: "2026-06-15T12:02:00.000000Z", sender: "white",
    brings: "a flight", expected: [{ by: ["bravo"], action: "warning", within_s: 600 }],
  }],
};

async function posted(request, path) {
  if (request.headers["x-synaspis"] !== "1") return [403, { error: { faults: [{ what: "the header X-Synaspis is missing" }] } }];
  let body = "";
  for await (const part of request) body += part;
  const content = JSON.parse(body);
  if (path === "/api/act" && content.kind === "text" && content.body.text === "refuse") {
    return [422, { error: { faults: [{ what: "the text is refused", where: "body.text", remedy: "Write another." }] } }];
  }
  if (path === "/api/name") return [200, Object.assign(session, content)];
  sent.push({ path, ...content });
  return [path === "/api/act" ? 201 : 200, { status: 201, receipt: { number: sent.length } }];
}

function file(path, response) {
  const place = join(DIST, normalize(path === "/" ? "/index.html" : path));
  if (!place.startsWith(DIST) || !existsSync(place) || !statSync(place).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": TYPES[extname(place)] ?? "application/octet-stream", "content-security-policy": POLICY });
  response.end(readFileSync(place));
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
  const json = ([status, content]) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(content));
  };
  if (pathname === "/api/session") json([200, session]);
  else if (pathname === "/api/scene") json([200, scene]);
  else if (pathname === "/api/feed") feed(request, response, searchParams);
  else if (pathname === "/api/why") json(whyOf(searchParams));
  else if (pathname === "/api/why-not") json(whyNotOf(searchParams));
  else if (pathname === "/api/exercise") json([200, programme]);
  else if (pathname === "/api/sent") json([200, sent]);
  else if (request.method === "POST") posted(request, pathname).then(json);
  else file(pathname, response);
});
server.listen(Number(option("port", "0")), "127.0.0.1", () => { console.log(`http://127.0.0.1:${server.address().port}/`); });
