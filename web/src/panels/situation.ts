/** Warnings and tracks, each with a countdown to the predicted impact. */

import { el } from "../dom";
import { clockTime, countdown, place, words } from "../format";
import { contentOf, type KnownTrack } from "../store";
import type { DeliveredMessage, Json, JsonObject, Place } from "../types";
import { claimForm, warnForm } from "./act";
import { type Context, mayAct, nameOf, type Panel } from "./panel";
import { Table } from "./table";
import { showWhy } from "./why";

const URGENT_S = 300;

const object = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
const text = (value: Json | undefined): string => (typeof value === "string" ? value : "");

/** Earliest instant at which a warning or launch report expects an impact. */
export function impactTime(message: DeliveredMessage): string {
  const content = contentOf(message);
  const window = text(object(content.impact).earliest);
  return window === "" ? text(object(content.impact_time).time) : window;
}

/** Where a warning or launch report expects an impact, in words. */
function impactPlace(message: DeliveredMessage): string {
  const content = contentOf(message);
  const area = object(content.area);
  const at = area.centre ?? content.impact;
  const point = object(at);
  if (typeof point.latitude_deg !== "number" || typeof point.longitude_deg !== "number") return text(area.name) || "not known yet";
  const name = text(area.name);
  return `${name === "" ? "" : `${name}, `}${place(point.latitude_deg, point.longitude_deg)}`;
}

export function situationPanel(context: Context): Panel {
  const { store, session } = context;
  const until = (instant: string | undefined): string => {
    const seconds = store.secondsUntil(instant);
    return seconds === null ? clockTime(instant) : countdown(seconds);
  };
  const urgent = (instant: string | undefined): string => {
    const seconds = store.secondsUntil(instant);
    return seconds !== null && seconds > 0 && seconds < URGENT_S ? "urgent" : "";
  };
  const warnings = new Table<DeliveredMessage>({
    caption: "Warnings and launch reports",
    empty: "No warnings.",
    key: (message) => `message:${message.centre}:${message.counter}`,
    select: (key) => { context.change({ selected: key }); },
    mark: (message) => urgent(impactTime(message)),
    columns: [
      { title: "What", cell: (message) => words(text(contentOf(message).level) || message.message.kind) },
      { title: "From", cell: (message) => nameOf(session, message.message.sender) },
      { title: "Where", cell: impactPlace },
      { title: "Impact in", cell: (message) => until(impactTime(message)), kind: "count" },
    ],
  });
  const tracks = new Table<KnownTrack>({
    caption: "Tracks",
    empty: "No tracks.",
    key: (known) => `track:${known.track.number}`,
    select: (key) => { context.change({ selected: key }); },
    mark: (known) => urgent(known.track.impact?.time),
    columns: [
      { title: "Track", cell: (known) => `T${known.track.number}`, kind: "tight" },
      { title: "Seen by", cell: (known) => known.track.sources.map((source) => nameOf(session, source)).join(", ") },
      { title: "Seen at", cell: (known) => el("span", {}, clockTime(known.track.time),
        known.track.status === "ended" ? el("span", { class: "tag" }, "out of sight") : null), kind: "tight" },
      { title: "Predicted impact", cell: (known) => impactOf(known.track.impact) },
      { title: "Impact in", cell: (known) => until(known.track.impact?.time), kind: "count" },
    ],
  });
  const detail = el("div", { id: "track-detail" });
  let shown = "";
  const update = (): void => {
    warnings.show(store.messages("warning", "launch-report"), context.view.selected);
    tracks.show([...store.tracks.values(), ...store.outOfSight()].sort((one, other) => one.track.number - other.track.number), context.view.selected);
    const number = Number(context.view.selected.replace("track:", ""));
    const chosen = store.tracks.get(number) ?? store.outOfSight().find((known) => known.track.number === number);
    const key = chosen ? context.view.selected : "";
    if (key === shown) return;
    shown = key;
    detail.replaceChildren(...(chosen ? [trackDetail(context, chosen)] : []));
  };
  const element = el("div", {},
    el("h2", {}, "Warnings"), warnings.element, el("h2", {}, "Tracks"), tracks.element, detail);
  return { element, update };
}

function impactOf(impact: Place | undefined): string {
  if (!impact) return "not known to us yet";
  const spread = impact.covariance_m2 ? "" : ", uncertainty not told";
  return `${place(impact.latitude_deg, impact.longitude_deg)}${spread}`;
}

function trackDetail(context: Context, known: KnownTrack): HTMLElement {
  const { track } = known;
  const why = el("button", { type: "button", class: "link", click: () => {
    void showWhy(context, `Why do I see track T${track.number}?`, known.centre, known.counter, track.why, track.quality);
  } }, "Why do I see this?");
  const facts = el("dl", {},
    el("dt", {}, "Quality"), el("dd", {}, words(track.quality)),
    el("dt", {}, "Launched"), el("dd", {}, track.launch
      ? `${place(track.launch.latitude_deg, track.launch.longitude_deg)} at ${clockTime(track.launch.time)}` : "not told to us"),
    el("dt", {}, "Under"), el("dd", {}, track.why.map((each) => `${each.agreement}, clause ${each.clause}`).join("; ")),
  );
  const newest = (): KnownTrack => context.store.tracks.get(track.number) ?? known;
  const forms = mayAct(context) && context.session.role === "nation"
    ? [el("h3", {}, "Warn the people there"), warnForm(context, newest), el("h3", {}, "Say who takes it"), claimForm(context, newest)] : [];
  return el("section", { "aria-label": `Track T${track.number}` }, el("h2", {}, `Track T${track.number} `, why), facts, ...forms);
}
