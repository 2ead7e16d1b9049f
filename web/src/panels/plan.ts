/** Plan, claims and what else the board of this cell holds, each list as a table of its own. */

import { el } from "../dom";
import { clockTime, words } from "../format";
import type { Board, Json, JsonObject } from "../types";
import { plainly } from "./messages";
import type { Context, Panel } from "./panel";

const FIRST = ["plan", "plans", "tasks", "gaps", "overlaps", "intents", "claims", "duplicates", "conflicts", "hand_overs", "acknowledgements",
  "consultations", "calendar"];
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const COLUMNS_MAX = 6;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The parts of a board in the order in which people need them; what is new comes last but is not left out. */
export function sections(board: Board): [string, Json][] {
  const rank = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return Object.entries(board).sort(([one], [other]) => rank(one) - rank(other));
}

/** A cell in words; an instant as its time of day. */
export function inCell(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string" && INSTANT.test(value)) return clockTime(value);
  return plainly(value);
}

/** Members that most rows have and that are short enough for a column. */
export function columnsOf(rows: readonly JsonObject[]): string[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      if (value !== null && !/^[0-9a-f]{32,}$/.test(String(value))) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return [...counts.keys()].slice(0, COLUMNS_MAX);
}

function table(name: string, rows: readonly JsonObject[]): HTMLElement {
  const columns = columnsOf(rows);
  return el("table", {},
    el("caption", { class: "unseen" }, words(name)),
    el("thead", {}, el("tr", {}, ...columns.map((column) => el("th", { scope: "col" }, words(column))))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...columns.map((column) => el("td", {}, inCell(row[column])))))));
}

function section(name: string, value: Json): HTMLElement | null {
  if (value === null) return null;
  const rows: Json[] | null = Array.isArray(value) ? value : isObject(value) && Object.values(value).every(isObject)
    ? Object.entries(value).map(([id, each]) => ({ id, ...(each as JsonObject) })) : null;
  const head = el("h2", {}, words(name));
  if (rows === null) return el("p", {}, el("strong", {}, `${words(name)}: `), inCell(value));
  if (rows.length === 0) return el("section", {}, head, el("p", { class: "quiet" }, "None."));
  const objects = rows.filter(isObject);
  return el("section", {}, head, objects.length === rows.length ? table(name, objects)
    : el("ul", {}, ...rows.map((each) => el("li", {}, inCell(each)))));
}

export function planPanel(context: Context): Panel {
  const element = el("div", { id: "board" });
  let shown: Board | null | undefined;
  const update = (): void => {
    const { board } = context.store;
    if (board === shown) return;
    shown = board;
    if (!board) {
      element.replaceChildren(el("h2", {}, "Plan and claims"),
        el("p", { class: "quiet" }, "The coordination centre has told this cell nothing yet."));
      return;
    }
    element.replaceChildren(...sections(board).map(([name, value]) => section(name, value)).filter((each) => each !== null));
  };
  return { element, update };
}
