/** What a cell does: each action is a signed message of the cell with the person's name in it. */

import { act, Refused } from "../api";
import { button, choice, el } from "../dom";
import { instantMs, words } from "../format";
import type { KnownTrack } from "../store";
import type { DeliveredMessage, JsonObject } from "../types";
import type { Context } from "./panel";

const WINDOW_S = 120;
const ROLE = "duty officer";

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

/** Acknowledge a message as seen; one of the other centre is named in `elsewhere`. */
export async function acknowledge(context: Context, item: DeliveredMessage): Promise<void> {
  const name = item.reference ?? item.message.id ?? "";
  const where = item.centre === "coordination" ? "about" : "elsewhere";
  const outcome = el("p");
  await send(context, "acknowledgement", { says: "seen", role: ROLE, [where]: [name] }, outcome);
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

/** Intention or claim on a track, by one of our own batteries. */
export function claimForm(context: Context, known: KnownTrack): HTMLElement {
  const object = objectOf(known);
  if (!object) return el("p", { class: "quiet" }, "We are not told where this object is, so it cannot be claimed.");
  const own = context.scene.assets.filter((asset) => asset.kind === "battery" && asset.owner === context.session.cell);
  const outcome = el("p", { "aria-live": "polite" });
  let battery = own[0]?.id ?? "";
  const field = own.length > 0
    ? choice("Battery", own, battery, (id) => { battery = id; })
    : el("label", { class: "choice" }, "Battery",
      el("input", { type: "text", size: 14, change: (event) => { battery = (event.target as HTMLInputElement).value.trim(); } }));
  const claim = (kind: string): void => {
    if (battery === "") {
      outcome.className = "error";
      outcome.textContent = "Which battery? Give its name.";
      return;
    }
    void send(context, kind, { object, battery, window: windowOf(known) }, outcome);
  };
  return el("div", { class: "row", role: "group", "aria-label": "Engagement coordination" }, field,
    button("State intention", () => { claim("engagement-intent"); }),
    button("Claim", () => { claim("engagement-claim"); }, { class: "main" }), outcome);
}
