/** Plan, claims and everything else that the board of this cell holds. */

import { button, el } from "../dom";
import { clockTime, countdown, words } from "../format";
import { MARKS, readable } from "./boardrows";
import type { Board, Json, JsonObject } from "../types";
import { act, Refused } from "../api";
import { type Context, mayAct, nameOf, type Panel } from "./panel";
import { isObject, plainly, recordTable } from "./records";

const listOf = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

function section(title: string, rows: readonly JsonObject[], columns: readonly string[], danger = false): HTMLElement {
  const id = `board-${title.toLowerCase().replace(/ /g, "-")}`;
  const head = el("h2", {}, `${title} `, rows.length > 0 ? el("span", { class: danger ? "tag danger" : "tag" }, String(rows.length)) : null);
  return el("section", { id, "aria-label": title }, head,
    rows.length === 0 ? el("p", { class: "quiet" }, "None.") : recordTable(title, rows, [...columns]));
}

/** A deadline in words, in place of its parts. */
export function withDeadline(row: JsonObject): JsonObject {
  const left = row.left_s;
  if (typeof left !== "number") return { ...row, due: null };
  const by = typeof row.by === "string" ? ` (${clockTime(row.by)})` : "";
  return { ...row, due: row.overdue === true ? `! overdue by ${countdown(-left)}${by}` : `in ${countdown(left)}${by}` };
}

/** Claims and intentions on one object, with what stands in the way. */
function claimed(context: Context, object: JsonObject, number: number): HTMLElement {
  const findings = listOf(object.findings);
  const track = typeof object.track === "number" ? `track T${object.track}` : "no track here now";
  const entries = listOf(object.entries).map((entry) =>
    readable(context, { ...entry, what: words(text(entry.kind)), battery: entry.battery ?? "not told" }));
  const own = listOf(object.entries).filter((entry) =>
    entry.kind === "engagement-claim" && entry.holder === context.session.cell && entry.open === true);
  return el("section", { "aria-label": `Object ${number}` },
    el("h3", {}, `Object ${number}, ${track}`),
    recordTable(`Claims on object ${number}`, entries, ["what", "sender", "holder", "battery", "window", "open"]),
    ...findings.map((finding) => el("p", { class: "error", "data-finding": text(finding.what) },
      `${MARKS[text(finding.what)] ?? ""} ${words(text(finding.what))}: ${text(readable(context, finding).text)}.`.trim())),
    ...(mayAct(context) ? own : []).map((entry) => handOver(context, text(entry.reference), text(readable(context, entry).battery))));
}

/** Offer a claim of ours to another nation. battery: by which it is claimed, in words; empty where that is not told. */
function handOver(context: Context, claim: string, battery: string): HTMLElement {
  const outcome = el("span", { "aria-live": "polite" });
  const others = context.session.nations.filter((nation) => nation.id !== context.session.cell);
  const offer = async (to: string): Promise<void> => {
    try {
      await act("hand-over", { claim, to });
      outcome.textContent = `Offered to ${nameOf(context.session, to)}.`;
    } catch (error) {
      outcome.textContent = error instanceof Refused ? error.message : String(error);
    }
  };
  return el("div", { class: "row" }, `Hand our claim${battery === "" ? "" : ` with ${battery}`} over to `,
    ...others.map((nation) => button(nation.name, () => { void offer(nation.id); })), outcome);
}

function control(board: Board): HTMLElement | null {
  const state = isObject(board.control) ? board.control : {};
  if (text(state.state) === "") return null;
  const injects = plainly(state.injects ?? []);
  return el("p", { class: "quiet" }, `Exercise: ${text(state.state)}.${injects === "" ? "" : ` Injects done: ${injects}.`}`);
}

/** The parts of a board as people need them: what is in the way first. */
export function boardSections(context: Context, board: Board): HTMLElement[] {
  const plans = isObject(board.plans) ? board.plans : {};
  const responses = isObject(board.responses) ? board.responses : {};
  const objects = listOf(board.objects);
  const claims = el("section", { id: "board-claims", "aria-label": "Claims" }, el("h2", {}, "Claims and intentions"),
    ...objects.map((object, index) => claimed(context, object, index + 1)),
    objects.length === 0 ? el("p", { class: "quiet" }, "Nobody has claimed anything.") : null);
  const rows = (value: Json | undefined): JsonObject[] => listOf(value).map((row) => readable(context, withDeadline(row)));
  const analysed = listOf(plans.against_analysis).filter((row) => typeof row.share === "number")
    .map((row) => ({ ...row, defended: `${(100 * Number(row.share)).toFixed(0)} % of what it reaches` }));
  return [
    control(board), claims,
    section("Hand-overs", rows(board.hand_overs), ["claim", "to", "state", "text", "due"]),
    section("Open acknowledgements", rows(board.acknowledgements).filter((row) => row.state === "open"), ["what", "from", "text", "due"], true),
    section("Gaps", rows(plans.gaps), ["area", "text", "since", "until"], true),
    section("Overlaps", rows(plans.overlaps), ["text", "since", "until"]),
    section("Defence plan", rows(plans.tasks), ["partner", "battery", "system", "area", "against", "since", "until"]),
    section("Held against the analysis", rows(analysed), ["partner", "battery", "area", "threat", "defended"]),
    section("To be defended", rows(plans.to_defend), ["partner", "area", "since", "until"]),
    section("Consultations", rows(board.consultations), ["question", "state", "answers", "due"]),
    section("Notifications", rows(board.calendar), ["of", "missile_class", "window", "state"]),
    section("Responses called for", rows(responses.called_for), ["response", "by"]),
    section("Responses set going", rows(responses.invoked), ["response", "of", "role"]),
    section("Pre-planned responses", rows(responses.planned), ["name", "says", "acknowledged_by"]),
    section("Warnings on the board", rows(board.warnings), ["of", "level", "area", "state", "acknowledged_by"]),
  ].filter((each) => each !== null);
}

export function planPanel(context: Context): Panel {
  const element = el("div", { id: "board" });
  let shown: Board | null | undefined;
  const update = (): void => {
    const { board } = context.store;
    if (board === shown || element.contains(document.activeElement)) return;
    shown = board;
    element.replaceChildren(...(board ? boardSections(context, board)
      : [el("h2", {}, "Plan and claims"), el("p", { class: "quiet" }, "The coordination centre has told this cell nothing yet.")]));
  };
  return { element, update };
}
