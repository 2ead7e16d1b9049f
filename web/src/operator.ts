/** The page of an operator: state of the server and one-time links; no cell, no globe. */

import { getStatus, issueLink, Refused } from "./api";
import { button, byId, choice, el } from "./dom";
import { sectionsOf } from "./panels/records";
import type { Json, Session } from "./types";

const REFRESH_MS = 5000;

/** Show the state of the server and a form for links. */
export function operate(session: Session): void {
  document.documentElement.dataset.theme = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  byId("stage").hidden = true;
  byId("tabs").hidden = true;
  byId("header").append(el("h1", {}, "Synaspis"), el("span", { class: "who" }, `${session.name}, operator`));
  const status = el("div");
  const show = async (): Promise<void> => {
    try {
      const state: Json = await getStatus();
      status.replaceChildren(...sectionsOf(state));
    } catch (error) {
      status.replaceChildren(el("p", { class: "error" }, error instanceof Refused ? error.message : String(error)));
    }
  };
  byId("panel").replaceChildren(linkForm(session, show), status);
  void show();
  window.setInterval(() => { void show(); }, REFRESH_MS);
  document.documentElement.dataset.ready = "yes";
}

function linkForm(session: Session, done: () => Promise<void>): HTMLElement {
  let role = "nation";
  let cell = session.nations[0]?.id ?? "";
  const name = el("input", { type: "text", maxlength: 80, "aria-label": "Name of the person", placeholder: "Name of the person" });
  const outcome = el("p", { "aria-live": "polite" });
  const issue = async (): Promise<void> => {
    const isWhite = role === "white";
    const looks = role === "observer" ? { view_as: [cell] } : {};
    try {
      const made = await issueLink({ cell: role === "observer" ? null : isWhite ? "white" : cell, role, name: name.value.trim(), ...looks });
      outcome.replaceChildren("Works once, until ", made.until, ": ", el("code", {}, made.link));
      await done();
    } catch (error) {
      outcome.replaceChildren(error instanceof Refused ? error.message : String(error));
    }
  };
  const roles = ["nation", "white", "observer"].map((id) => ({ id, name: id }));
  return el("section", { "aria-label": "New link" }, el("h2", {}, "New one-time link"),
    el("div", { class: "row" }, choice("Role", roles, role, (id) => { role = id; }),
      choice("Cell", session.nations, cell, (id) => { cell = id; }), name,
      button("Issue", () => { void issue(); }, { class: "main" })), outcome);
}
