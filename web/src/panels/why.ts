/** Why do I see this, and why not: the release decision in words. */

import { Refused, why, whyNot } from "../api";
import { button, byId, choice, el } from "../dom";
import { words } from "../format";
import type { Reason } from "../types";
import { type Context, nameOf } from "./panel";

const PRODUCTS = ["warning", "track", "notification", "status", "consultation", "coordination"];

/** Open the dialog with a title and content; Escape or the button closes it. */
export function openDialog(title: string, ...content: HTMLElement[]): HTMLDialogElement {
  const dialog = byId("dialog") as HTMLDialogElement;
  const close = button("Close", () => { dialog.close(); }, { class: "main", autofocus: true });
  dialog.replaceChildren(el("h2", { id: "dialog-title" }, title), ...content, close);
  dialog.showModal();
  return dialog;
}

function listed(reasons: readonly string[]): HTMLElement {
  return el("ul", {}, ...reasons.map((reason) => el("li", {}, reason)));
}

/** Say why something was delivered: what the event itself carries at once, then the server's words. */
export async function showWhy(
  context: Context, title: string, centre: string, counter: number, reasons: readonly Reason[], quality: string,
): Promise<void> {
  const carried = [
    `Quality: ${quality.replace(/-/g, " ")}.`,
    ...reasons.map((reason) => `Agreement ${reason.agreement}, clause ${reason.clause}.`),
  ];
  const more = el("div", { "aria-live": "polite" }, el("p", { class: "quiet" }, "Asking the centre for its reasons …"));
  openDialog(title, listed(carried), more);
  try {
    more.replaceChildren(el("h3", {}, "In the words of the centre"), listed(await why(context.view.as, centre, counter)));
  } catch (error) {
    more.replaceChildren(el("p", { class: "error" }, error instanceof Refused ? error.message : String(error)));
  }
}

/** A form that asks what the agreements say of what did not come. */
export function whyNotForm(context: Context): HTMLElement {
  let sender = context.session.nations[0]?.id ?? "";
  let product = PRODUCTS[0] ?? "";
  const answer = el("div", { "aria-live": "polite" });
  const ask = async (): Promise<void> => {
    try {
      const centre = product === "coordination" ? "coordination" : "data";
      answer.replaceChildren(listed(await whyNot(context.view.as, centre, sender, product)));
    } catch (error) {
      answer.replaceChildren(el("p", { class: "error" }, error instanceof Refused ? error.message : String(error)));
    }
  };
  const senders = context.session.nations.map((nation) => ({ id: nation.id, name: nameOf(context.session, nation.id) }));
  return el("section", { "aria-label": "Why not?" },
    el("h2", {}, "Why do I not see something?"),
    el("div", { class: "row" },
      choice("From", senders, sender, (id) => { sender = id; }),
      choice("Product", PRODUCTS.map((id) => ({ id, name: words(id) })), product, (id) => { product = id; }),
      button("Ask", () => { void ask(); }, { class: "main", id: "why-not" })),
    answer);
}
