/** Lists of records as tables, whatever their members are: nothing that was given is left out of sight. */

import { el } from "../dom";
import { clockTime, words } from "../format";
import type { Json, JsonObject } from "../types";

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const REFERENCE = /^[0-9a-f]{32,}$/;
const COLUMNS_MAX = 7;
/** Titles of columns that read better than their names: a plan that starts later holds from then on. */
const TITLES: Readonly<Record<string, string>> = { since: "From" };

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value in words: numbers short, places and areas by name, objects as their parts. */
export function plainly(value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toFixed(4)));
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return INSTANT.test(value) ? clockTime(value) : value;
  if (Array.isArray(value)) return value.map(plainly).join(", ");
  if (typeof value.earliest === "string" && typeof value.latest === "string") {
    return `${clockTime(value.earliest)} to ${clockTime(value.latest)}`;
  }
  if (typeof value.name === "string" && ("centre" in value || "boundary" in value)) return value.name;
  if (typeof value.reference === "string" && typeof value.sender === "string") {
    return `${plainly(value.kind).replace(/-/g, " ")} of ${value.sender}`;
  }
  return Object.entries(value).map(([name, part]) => [name.replace(/_/g, " "), plainly(part)]).filter(([, part]) => part !== "")
    .map((told) => told.join(" ")).join(", ");
}

/** Members worth a column: those that some row has, without references, which are for programs. */
export function columnsOf(rows: readonly JsonObject[]): string[] {
  const found = new Set<string>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      const worth = value !== null && !(typeof value === "string" && REFERENCE.test(value)) && !(Array.isArray(value) && value.length === 0);
      if (worth) found.add(name);
    }
  }
  return [...found].slice(0, COLUMNS_MAX);
}

/** A table of records; columns in the order given, or those that the rows have. */
export function recordTable(caption: string, rows: readonly JsonObject[], columns = columnsOf(rows)): HTMLElement {
  return el("table", {},
    el("caption", { class: "unseen" }, caption),
    el("thead", {}, el("tr", {}, ...columns.map((column) => el("th", { scope: "col" }, TITLES[column] ?? words(column))))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...columns.map((column) => el("td", {}, plainly(row[column])))))));
}

/** One section for each member of an answer. */
export function sectionsOf(answer: Json): HTMLElement[] {
  if (!isObject(answer)) return [];
  return Object.entries(answer).map(([name, value]) => {
    const rows = Array.isArray(value) ? value.filter(isObject) : [];
    return el("section", {}, el("h2", {}, words(name)),
      rows.length > 0 ? recordTable(words(name), rows) : el("p", { class: "quiet" }, plainly(value) || "None."));
  });
}
