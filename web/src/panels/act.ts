/** What a cell does: each action is a signed message of the cell with the person's name in it. */

import { act, Refused } from "../api";
import { button, choice, el } from "../dom";
import { instantMs, words } from "../format";
import type { KnownTrack } from "../store";
import type { DeliveredMessage, JsonObject } from "../types";
import type { Context } from "./panel";

const WINDOW_S = 120;
const ROLE = "duty officer";
/** As the scripted cells of an exercise warn. */
const LEAST_RADIUS_M = 50_000;
const LEAST_AROUND_MS = 30_000;
/** Of a chi-square with two degrees of freedom: minus twice the logarithm of 0.05. */
const HOLDS_95 = 5.991;

async function send(context: Context, kind: string, body: JsonObject, outcome: HTMLElement): Promise<boolean> {
  try {
    await act(kind, body);
    outcome.className = "good";
    outcome.textContent = `${words(kind)} sent; the centre has signed a receipt.`;
    context.announce(outcome.textContent);
    return true;
  } catch (error) {
    outcome.className = "error";
    outcome.textContent = error instanceof Refused ? error.message : String(error);
    context.announce(outcome.textContent);
    return false;
  }
}

type Says = "seen" | "accepted" | "declined" | "done";
const SAID: Record<Says, string> = { seen: "✓ Acknowledged", accepted: "✓ Accepted", declined: "✓ Declined", done: "✓ Done" };

/** What a cell can answer to a message: the words of the button and what the acknowledgement says. */
export function answersTo(message: DeliveredMessage["message"], cell: string | null): [string, Says][] {
  if (message.sender === cell || message.kind === "acknowledgement" || message.kind === "exercise-control") return [];
  if (message.kind === "hand-over") return message.body?.to === cell ? [["Accept", "accepted"], ["Decline", "declined"]] : [];
  if (message.kind === "response") return [["Acknowledge", "seen"], ["Report as done", "done"]];
  return [["Acknowledge", "seen"]];
}

/** Buttons that answer a message; one of the other centre is named in `elsewhere`. */
export function answerButtons(context: Context, item: DeliveredMessage): HTMLElement {
  const name = item.reference ?? item.message.id ?? "";
  const where = item.centre === "coordination" ? "about" : "elsewhere";
  const outcome = el("span", { "aria-live": "polite" });
  const buttons = answersTo(item.message, context.session.cell).map(([label, says]) => {
    const answer = button(label, () => {
      void send(context, "acknowledgement", { says, role: ROLE, [where]: [name] }, outcome).then((sent) => {
        if (!sent) return;
        outcome.textContent = SAID[says];
        for (const each of says === "seen" ? [answer] : buttons) each.hidden = true;
      });
    }, { class: "link" });
    return answer;
  });
  return el("span", {}, ...buttons, outcome);
}

/** A line to write to the others. */
export function textForm(context: Context): HTMLElement {
  const field = el("input", { type: "text", "aria-label": "Text to the partners", maxlength: 4000, placeholder: "Write to the partners" });
  const outcome = el("p", { "aria-live": "polite" });
  const form = el("form", { class: "row", submit: (event) => {
    event.preventDefault();
    if (field.value.trim() === "") return;
    void send(context, "text", { text: field.value.trim() }, outcome).then((sent) => { if (sent) field.value = ""; });
  } }, field, el("button", { type: "submit", class: "main" }, "Send"), outcome);
  return form;
}

/** State of an object as a claim names it: by where it is, for numbers of tracks differ between recipients. */
export function objectOf(known: KnownTrack): JsonObject | null {
  const { track } = known;
  if (!track.position_ecef_m || !track.velocity_ecef_m_s) return null;
  const object: JsonObject = {
    time: track.time, position_ecef_m: track.position_ecef_m, velocity_ecef_m_s: track.velocity_ecef_m_s,
  };
  if (track.covariance) object.covariance = track.covariance;
  if (track.impact?.time) object.impact_time = track.impact.time;
  return object;
}

/** Span in which a claim holds: the last minutes before the predicted impact. */
export function windowOf(known: KnownTrack): JsonObject {
  const end = known.track.impact?.time ?? known.track.time;
  return { earliest: new Date(instantMs(end) - WINDOW_S * 1000).toISOString(), latest: new Date(instantMs(end)).toISOString() };
}

/** Radius around a predicted impact that holds it in 95 of 100 cases, if the covariance is true; never under the least one. */
export function dangerRadius(covariance: readonly number[] | undefined): number {
  const [eastEast = 0, eastNorth = 0, northNorth = 0] = covariance ?? [];
  const largest = (eastEast + northNorth) / 2 + Math.hypot((eastEast - northNorth) / 2, eastNorth);
  return Math.max(LEAST_RADIUS_M, Math.ceil(Math.sqrt(largest * HOLDS_95) / 1000) * 1000);
}

/** A warning of the people around the predicted impact of a track. newest: what is known of it when the button is pressed. */
export function warnForm(context: Context, newest: () => KnownTrack): HTMLElement {
  const outcome = el("p", { "aria-live": "polite" });
  const name = el("input", { type: "text", maxlength: 80, "aria-label": "Name of the area", placeholder: "Name of the area, such as Leipzig" });
  const warn = (level: string): void => {
    const { impact } = newest().track;
    if (!impact?.time) {
      outcome.className = "error";
      outcome.textContent = "We are not told where or when it will come down, so we cannot warn of it.";
      return;
    }
    const at = instantMs(impact.time);
    const around = (impact.sigma_s ?? 0) * 2000 + LEAST_AROUND_MS;
    const area: JsonObject = {
      centre: { latitude_deg: impact.latitude_deg, longitude_deg: impact.longitude_deg }, radius_m: dangerRadius(impact.covariance_m2),
    };
    if (name.value.trim() !== "") area.name = name.value.trim();
    const impactWindow = { earliest: new Date(at - around).toISOString(), latest: new Date(at + around).toISOString() };
    void send(context, "warning", level === "all-clear" ? { level, area } : { level, area, impact: impactWindow }, outcome);
  };
  return el("div", { class: "row", role: "group", "aria-label": "Warning" }, name,
    button("Watch", () => { warn("watch"); }),
    button("Take shelter", () => { warn("take-shelter"); }, { class: "main" }),
    button("All clear", () => { warn("all-clear"); }), outcome);
}

/** Intention or claim on a track, by one of our own batteries. newest: what is known of it when the button is pressed. */
export function claimForm(context: Context, newest: () => KnownTrack): HTMLElement {
  if (!objectOf(newest())) return el("p", { class: "quiet" }, "We are not told where this object is, so it cannot be claimed.");
  const own = context.scene.assets.filter((asset) => asset.kind === "battery" && asset.owner === context.session.cell);
  const outcome = el("p", { "aria-live": "polite" });
  let battery = own[0]?.id ?? "";
  const field = own.length > 0
    ? choice("Battery", own, battery, (id) => { battery = id; })
    : el("label", { class: "choice" }, "Battery",
      el("input", { type: "text", size: 14, change: (event) => { battery = (event.target as HTMLInputElement).value.trim(); } }));
  const claim = (kind: string): void => {
    const known = newest();
    if (battery === "") {
      outcome.className = "error";
      outcome.textContent = "Which battery? Give its name.";
      return;
    }
    void send(context, kind, { object: objectOf(known), battery, window: windowOf(known) }, outcome);
  };
  return el("div", { class: "row", role: "group", "aria-label": "Engagement coordination" }, field,
    button("State intention", () => { claim("engagement-intent"); }),
    button("Claim", () => { claim("engagement-claim"); }, { class: "main" }), outcome);
}
