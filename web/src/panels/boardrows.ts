/** Rows of a board as people read them: names for ids of nations and batteries, sentences with names in them. */

import { words } from "../format";
import type { Json, JsonObject } from "../types";
import { type Context, nameOf } from "./panel";
import { isObject } from "./records";

/** Marks that differ in shape and not in colour alone. */
export const MARKS: Record<string, string> = { conflict: "\u25B2", duplicate: "\u25A0", overlap: "\u25C6" };

const PARTNERS = ["partner", "sender", "holder", "to", "from"];
const LISTS = ["partners", "acknowledged_by"];

const said = (value: Json | undefined): string => (typeof value === "string" ? value : "");

type Named = Pick<Context, "session" | "scene">;

/** Name of a battery or radar, with its id where they differ. */
export function assetName(context: Named, id: string): string {
  const name = context.scene.assets.find((asset) => asset.id === id)?.name;
  return name === undefined || name === id ? id : `${name} (${id})`;
}

/** A row with names in place of ids; members that hold no id of anybody stay as they are. */
export function readable(context: Named, row: JsonObject): JsonObject {
  const partner = (id: Json | undefined): Json => (typeof id === "string" ? nameOf(context.session, id) : id ?? null);
  const told: JsonObject = { ...row };
  for (const member of PARTNERS) if (member in row) told[member] = partner(row[member]);
  for (const member of LISTS) {
    const value = row[member];
    if (Array.isArray(value)) told[member] = value.map(partner);
  }
  if (typeof row.battery === "string") told.battery = assetName(context, row.battery);
  for (const member of ["of", "claim", "by"]) {
    const value = row[member];
    if (isObject(value) && typeof value.sender === "string") told[member] = { ...value, sender: partner(value.sender) };
  }
  if (Array.isArray(row.answers)) {
    told.answers = row.answers.filter(isObject).map((answer) => `${nameOf(context.session, said(answer.sender))}: ${said(answer.position)}`).join("; ");
  }
  const text = sentence(context, row);
  if (text !== null) told.text = text;
  return told;
}

/** The sentence of a gap, an overlap, a finding or an answer, with names; null where the row has none of its own. */
function sentence(context: Named, row: JsonObject): string | null {
  const name = (id: Json | undefined): string => nameOf(context.session, said(id));
  if (typeof row.share_uncovered === "number") {
    const whose = row.why === "wanted" ? "wanted by" : "covered at another time by";
    return `${(100 * row.share_uncovered).toFixed(0)} % of ${said(row.area)}, ${whose} ${name(row.partner)}, is covered by no plan that is shown here`;
  }
  const partners = Array.isArray(row.partners) ? row.partners.map(name) : [];
  if (typeof row.share_of_smaller === "number" && typeof row.area_m2 === "number" && Array.isArray(row.batteries)) {
    const sides = row.batteries.map((battery, at) => `${partners[at] ?? ""} with ${assetName(context, said(battery))}`);
    return `${sides.join(" and ")} both cover ${Math.round(row.area_m2 / 1e6).toLocaleString("en-GB")} km\u00B2, ${(100 * row.share_of_smaller).toFixed(0)} % of the smaller area`;
  }
  if (row.what === "conflict") return `${listed(partners)} each claim this object`;
  if (row.what === "duplicate") return `${listed(partners)} claims this object more than once`;
  if (typeof row.to === "string" && typeof row.text === "string" && row.text.startsWith(`${row.to} `)) return `${name(row.to)}${row.text.slice(row.to.length)}`;
  if (typeof row.state === "string" && row.from !== undefined && typeof row.text === "string") {
    return row.state === "open" ? `${name(row.from)} has not answered` : `${name(row.from)}: ${words(row.state).toLowerCase()}`;
  }
  return null;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1] ?? ""}`;
}
