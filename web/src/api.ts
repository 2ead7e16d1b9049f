/** Requests to the cell server; the only module that asks anything of anybody. */

import type { Json, JsonObject, Programme, Scene, Session } from "./types";

export interface Fault {
  what: string;
  where?: string;
  remedy?: string;
}

/** An answer that says in words what is wrong. */
export class Refused extends Error {
  readonly faults: Fault[];

  constructor(faults: Fault[]) {
    super(faults.map(inWords).join(" "));
    this.faults = faults;
  }
}

function inWords(fault: Fault): string {
  const where = fault.where ? `${fault.where}: ` : "";
  return `${where}${fault.what}. ${fault.remedy ?? ""}`.trim();
}

/** Faults of an answer, whatever shape it has. */
export function faultsOf(status: number, answer: unknown): Fault[] {
  if (typeof answer === "object" && answer !== null) {
    const given = answer as { error?: { faults?: Fault[] }; faults?: Fault[] };
    const faults = given.error?.faults ?? given.faults;
    if (faults && faults.length > 0) return faults;
  }
  return [{ what: `the server answered ${status} without saying why` }];
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...init });
  } catch {
    throw new Refused([{ what: "the server does not answer", remedy: "Is it running? The page tries again by itself." }]);
  }
  const content = parsed(await answer.text());
  if (!answer.ok || content === undefined) throw new Refused(faultsOf(answer.status, content));
  return content as T;
}

/** What a text says as JSON; null for none, undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function post<T>(path: string, body: JsonObject): Promise<T> {
  return ask<T>(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-synaspis": "1" },
    body: JSON.stringify(body),
  });
}

export const getSession = (): Promise<Session> => ask("api/session");
export const getScene = (as: string): Promise<Scene> => ask(`api/scene?${new URLSearchParams({ as }).toString()}`);

/** Send a signed message of this cell; throws Refused with the faults of a refusal. */
export const act = (kind: string, body: JsonObject, note = ""): Promise<Json> => post("api/act", { kind, body, note });

/** Say who sits there; the answer is the session. */
export const setName = (name: string): Promise<Session> => post("api/name", { name });

/** End the session. */
export const leave = (): Promise<null> => post("api/leave", {});

/** State of the server, for the operator. */
export const getStatus = (): Promise<Json> => ask("api/status");

/** Issue a one-time link, for the operator. */
export const issueLink = (link: JsonObject): Promise<{ link: string; until: string }> => post("api/links", link);

/** The list of events; for the white cell. */
export const getProgramme = (): Promise<Programme> => ask("api/exercise");

/** Steer the exercise; for the white cell. */
export const steer = (action: string, more: JsonObject = {}): Promise<Json> => post("api/white", { action, ...more });

/** Reasons in words, whatever the answer wraps them in. */
export function reasonsOf(answer: Json): string[] {
  if (typeof answer === "string") return [answer];
  if (Array.isArray(answer)) return answer.flatMap(reasonsOf);
  if (answer === null || typeof answer !== "object") return [];
  const inside = answer.sentences;
  if (inside !== undefined) return reasonsOf(inside);
  return Object.entries(answer).map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
}

export async function why(as: string, centre: string, counter: number): Promise<string[]> {
  const query = new URLSearchParams({ as, centre, counter: String(counter) });
  return reasonsOf(await ask<Json>(`api/why?${query.toString()}`));
}

export async function whyNot(as: string, centre: string, sender: string, product: string): Promise<string[]> {
  const query = new URLSearchParams({ as, centre, sender, product });
  return reasonsOf(await ask<Json>(`api/why-not?${query.toString()}`));
}
