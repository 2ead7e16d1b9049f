/** The feed of messages, newest first, each with what it says and why it came. */

import { button, el } from "../dom";
import { clockTime, kilometres, place, words } from "../format";
import { contentOf, isMessage, type Item, namesOf } from "../store";
import type { DeliveredMessage, Json } from "../types";
import { answerButtons, textForm } from "./act";
import { type Context, mayAct, nameOf, type Panel } from "./panel";
import { isObject, plainly } from "./records";
import { showWhy, whyNotForm } from "./why";

const SHOWN = 150;
const FOR_PROGRAMS = new Set(["object", "claim", "covariance", "position_ecef_m", "velocity_ecef_m_s", "about", "elsewhere", "under", "refers_to"]);
const SAYS = ["text", "question", "answer", "reason", "subject"];

/** A message in a sentence or two, from the fields that hold prose, or else all that it says. */
export function summary(message: DeliveredMessage): string {
  const content = contentOf(message);
  const prose = SAYS.map((name) => content[name]).filter((value) => typeof value === "string");
  const remarks = typeof content.remarks === "string" ? content.remarks : "";
  if (prose.length > 0) return `${prose.join(" ")} ${remarks}`.trim();
  const told = Object.entries(content).filter(([name]) => !FOR_PROGRAMS.has(name) && name !== "remarks").map(([name, value]) => {
    const said = estimate(value);
    return said === "" ? "" : `${words(name.replace(/_(m|deg|s)$/, ""))}: ${said}`;
  });
  return `${told.filter((each) => each !== "").join(". ")}. ${remarks}`.trim();
}

/** Places with coordinates, times and estimates as people say them; all else plainly. */
export function estimate(value: Json | undefined): string {
  if (Array.isArray(value)) return value.map(estimate).filter((each) => each !== "").join("; ");
  if (!isObject(value)) return plainly(value);
  if (typeof value.latitude_deg === "number" && typeof value.longitude_deg === "number") return place(value.latitude_deg, value.longitude_deg);
  if (typeof value.time === "string") return clockTime(value.time);
  if (typeof value.azimuth_deg === "number") return `${value.azimuth_deg.toFixed(0)}°`;
  if (typeof value.value_m === "number") return kilometres(value.value_m);
  if (isObject(value.centre) && typeof value.radius_m === "number") {
    const name = typeof value.name === "string" ? `${value.name}, ` : "";
    return `${name}${kilometres(value.radius_m)} around ${estimate(value.centre)}`;
  }
  return plainly(value);
}

export function messagesPanel(context: Context): Panel {
  let kind = "";
  const list = el("div", { role: "log", "aria-label": "Messages, newest first" });
  const kinds = el("select", { "aria-label": "Kind of message", change: () => { kind = kinds.value; render(); } });
  const rendered = new Map<string, HTMLElement>();
  let last = -1;
  let shownAs = "";

  const render = (): void => {
    last = context.store.items.length;
    if (shownAs !== context.view.as) rendered.clear();
    shownAs = context.view.as;
    const { items } = context.store;
    const present = [...new Set(items.map(kindOf))].sort();
    if (kinds.childElementCount !== present.length + 1) {
      kinds.replaceChildren(el("option", { value: "" }, "All kinds"),
        ...present.map((each) => el("option", { value: each, selected: each === kind }, words(each))));
    }
    const wanted = newest(items.filter((item) => kind === "" || kindOf(item) === kind)).slice(0, SHOWN);
    list.replaceChildren(...wanted.map((item) => {
      const key = `${item.centre}:${item.counter}`;
      const known = rendered.get(key) ?? entry(context, item);
      rendered.set(key, known);
      return known;
    }));
    if (wanted.length === 0) list.append(el("p", { class: "quiet" }, "No messages yet."));
  };
  const form = textForm(context);
  const element = el("div", {},
    el("div", { class: "row" }, el("h2", { style: "margin:0" }, "Messages"), kinds), form, list, whyNotForm(context));
  return { element, update: () => {
    form.hidden = !mayAct(context);
    if (last !== context.store.items.length || shownAs !== context.view.as) render();
  } };
}

/** Newest first; of what is told of one source's track again and again, only the last. */
export function newest(items: readonly Item[]): Item[] {
  const seen = new Set<string>();
  return [...items].reverse().filter((item) => {
    if (!isMessage(item) || item.track === undefined) return true;
    const first = !seen.has(item.track);
    seen.add(item.track);
    return first;
  });
}

const kindOf = (item: Item): string => (isMessage(item) ? item.message.kind : "notice");

function entry(context: Context, item: Item): HTMLElement {
  const time = el("time", { datetime: item.at }, clockTime(item.at));
  if (!isMessage(item)) {
    return el("article", { class: "message notice" },
      el("div", { class: "head" }, time, el("strong", {}, "Notice of the centre")), el("p", {}, item.text));
  }
  const { message } = item;
  const title = `${words(message.kind)} of ${nameOf(context.session, message.sender)}`;
  const actions = el("div", { class: "actions" },
    button("Why do I see this?", () => {
      void showWhy(context, `Why do I see this ${message.kind.replace(/-/g, " ")}?`, item.centre, item.counter, item.why, item.quality);
    }, { class: "link" }));
  if (mayAct(context) && namesOf(item).length > 0) actions.append(answerButtons(context, item));
  const findings = (item.findings ?? []).map((finding) => el("p", { class: "error" }, `Check: ${finding.text}`));
  return el("article", { class: "message", "aria-label": title },
    el("div", { class: "head" }, time, el("strong", {}, title), el("span", { class: "tag" }, item.quality.replace(/-/g, " "))),
    el("p", {}, summary(item)), ...findings, actions);
}
