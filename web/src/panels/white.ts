/** The white cell: run of the exercise. */

import { Refused, steer } from "../api";
import { button, el } from "../dom";
import type { JsonObject } from "../types";
import type { Context, Panel } from "./panel";

export function whitePanel(context: Context): Panel {
  const outcome = el("p", { "aria-live": "polite" });
  const order = async (action: string, more: JsonObject = {}): Promise<void> => {
    try {
      await steer(action, more);
      outcome.className = "good";
      outcome.textContent = `Done: ${action}.`;
    } catch (error) {
      outcome.className = "error";
      outcome.textContent = error instanceof Refused ? error.message : String(error);
    }
    context.announce(outcome.textContent);
  };
  const simple = ["start", "pause", "resume", "end"].map((action) => button(action, () => { void order(action); }));
  const speed = el("input", { type: "number", min: 0.1, max: 1000, step: "any", value: 1, "aria-label": "Speed" });
  const jump = el("input", { type: "text", placeholder: "2026-06-15T12:05:00Z", "aria-label": "Instant to jump to" });
  const inject = el("input", { type: "text", placeholder: "id of the inject", "aria-label": "Inject" });
  const element = el("div", {}, el("h2", {}, "Run of the exercise"),
    el("div", { class: "row" }, ...simple),
    el("div", { class: "row" }, speed, button("Set speed", () => { void order("speed", { speed: Number(speed.value) }); })),
    el("div", { class: "row" }, jump, button("Jump", () => { void order("jump", { to: jump.value.trim() }); })),
    el("div", { class: "row" }, inject, button("Inject now", () => { void order("inject", { inject: inject.value.trim() }); })),
    outcome);
  return { element, update: () => undefined };
}
