/** The white cell: run of the exercise, and the list of events with what is done of it. */

import { getProgramme, Refused, steer } from "../api";
import { button, el } from "../dom";
import { clockTime, instantMs, words } from "../format";
import type { Inject, JsonObject, Programme } from "../types";
import { type Context, nameOf, type Panel } from "./panel";
import { isObject } from "./records";

const BEFORE_S = 5;
const SPEEDS = [1, 2, 5, 10, 30, 60];
const ORDERS = ["start", "pause", "resume", "end"] as const;
const ALLOWED: Record<(typeof ORDERS)[number], string[]> = {
  start: ["waiting"], pause: ["running"], resume: ["paused"], end: ["running", "paused"],
};

/** An instant from what a person writes: 09:12 or 09:12:30 of the day of the exercise, or a whole instant. */
export function instantOf(written: string, day: string): string | null {
  const found = /^(\d\d?):(\d\d)(?::(\d\d))?$/.exec(written.trim());
  if (!found && !/^\d{4}-\d\d-\d\dT/.test(written.trim())) return null;
  const instant = found
    ? `${day.slice(0, 10)}T${(found[1] ?? "").padStart(2, "0")}:${found[2] ?? ""}:${found[3] ?? "00"}Z`
    : written.trim();
  return Number.isNaN(Date.parse(instant)) ? null : instant;
}

/** Instant some seconds before another. */
function before(instant: string, seconds: number): string {
  return new Date(instantMs(instant) - seconds * 1000).toISOString();
}

export function whitePanel(context: Context): Panel {
  const outcome = el("p", { "aria-live": "polite" });
  let programme: Programme | null = null;
  const say = (good: boolean, text: string): void => {
    outcome.className = good ? "good" : "error";
    outcome.textContent = text;
    context.announce(text);
  };
  const order = async (action: string, more: JsonObject = {}, done = `Done: ${action}.`): Promise<void> => {
    try {
      await steer(action, more);
      say(true, done);
    } catch (error) {
      say(false, error instanceof Refused ? error.message : String(error));
    }
  };
  const orders = new Map(ORDERS.map((action) => [action, button(words(action), () => { void order(action); })]));
  const speeds = el("select", { "aria-label": "Speed", change: () => {
    void order("speed", { speed: Number(speeds.value) }, `Speed ×${speeds.value}.`);
  } }, ...SPEEDS.map((each) => el("option", { value: each }, `×${each}`)));
  const jump = el("input", { type: "text", size: 10, placeholder: "09:12:30", "aria-label": "Instant to jump to" });
  const jumpTo = (written: string): void => {
    const instant = instantOf(written, programme?.starts ?? context.store.clock?.exercise_time ?? "");
    if (instant === null) say(false, `${written || "Nothing"} is no time: write 09:12 or 09:12:30, UTC.`);
    else void order("jump", { to: instant }, `Jumping to ${clockTime(instant)}; what lies between is played.`);
  };
  const list = el("div", { id: "programme" });
  const element = el("div", {}, el("h2", {}, "Run of the exercise"),
    el("div", { class: "row" }, ...orders.values(), el("label", { class: "choice" }, "Speed", speeds)),
    el("form", { class: "row", submit: (event) => { event.preventDefault(); jumpTo(jump.value); } },
      el("span", {}, "Jump forward to"), jump, el("button", { type: "submit" }, "Jump")),
    outcome, list);

  const show = async (): Promise<void> => {
    try {
      programme = await getProgramme();
      list.replaceChildren(el("h2", {}, "List of events"), eventTable(context, programme, order, jumpTo),
        el("h2", {}, "What is trained"), el("ul", {}, ...programme.objectives.map((each) => el("li", {}, each.text))));
    } catch (error) {
      list.replaceChildren(el("p", { class: "quiet" }, error instanceof Refused ? error.message : String(error)));
    }
  };
  void show();
  return { element, update: () => {
    const { clock } = context.store;
    const state = clock?.state ?? "";
    for (const [action, each] of orders) each.disabled = !ALLOWED[action].includes(state);
    speeds.disabled = state !== "running";
    const speed = String(clock?.speed ?? 1);
    if (document.activeElement !== speeds && [...speeds.options].some((each) => each.value === speed)) speeds.value = speed;
    if (programme) mark(context, programme, list);
  } };
}

type Order = (action: string, more: JsonObject, done: string) => Promise<void>;

function eventTable(context: Context, programme: Programme, order: Order, jumpTo: (written: string) => void): HTMLElement {
  const row = (inject: Inject): HTMLElement => el("tr", { "data-inject": inject.id },
    el("td", { class: "tight" }, clockTime(inject.at)),
    el("td", {}, el("strong", {}, inject.incident), el("br"),
      `${nameOf(context.session, inject.sender)}: ${inject.brings}`,
      ...inject.expected.map((each) => el("div", { class: "quiet" },
        `Expected of ${each.by.map((nation) => nameOf(context.session, nation)).join(", ")}: `
        + `${each.action.replace(/-/g, " ")} within ${Math.round(each.within_s / 60)} min`))),
    el("td", { class: "tight state" }, "to come"),
    el("td", { class: "tight" },
      button("Inject now", () => { void order("inject", { inject: inject.id }, `Injected: ${inject.incident}.`); },
        { class: "link", "aria-label": `Inject now: ${inject.id}` }), el("br"),
      button("Jump here", () => { jumpTo(before(inject.at, BEFORE_S)); },
        { class: "link", "aria-label": `Jump here: ${inject.id}` })));
  return el("table", {}, el("caption", { class: "unseen" }, "List of events"),
    el("thead", {}, el("tr", {}, ...["Planned", "What", "State", ""].map((title) => el("th", { scope: "col" }, title)))),
    el("tbody", {}, ...programme.injects.map(row)));
}

/** Say of each inject whether it is done, as the board of the white cell has it. */
function mark(context: Context, programme: Programme, list: HTMLElement): void {
  const { store } = context;
  const control = isObject(store.board?.control) ? store.board.control : {};
  const done = Array.isArray(control.injects) ? control.injects : [];
  const running = store.clock?.state === "running";
  for (const inject of programme.injects) {
    const line = list.querySelector(`tr[data-inject="${inject.id}"]`);
    const state = line?.querySelector(".state");
    if (!line || !state) continue;
    const is = done.includes(inject.id);
    const left = store.secondsUntil(inject.at) ?? 0;
    state.textContent = is ? "✓ done" : "to come";
    state.classList.toggle("good", is);
    const [now, jump] = line.querySelectorAll("button");
    if (now) now.disabled = is || !running;
    if (jump) jump.disabled = is || !running || left <= BEFORE_S;
  }
}
