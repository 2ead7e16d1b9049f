/** The logs of the centres as this cell has verified them, live. */

import { el } from "../dom";
import { words } from "../format";
import type { LogState } from "../types";
import type { Context, Panel } from "./panel";

function names(list: readonly string[]): string {
  return list.length === 0 ? "nobody" : list.join(", ");
}

function one(log: LogState): HTMLElement {
  const verdict = log.holds
    ? el("p", { class: "good" }, "✓ Verified: nothing that this cell has seen was changed, removed or reordered.")
    : el("p", { class: "error" }, "✗ This log does not hold. Tell the operator, and believe nothing newer.");
  return el("section", { "aria-label": `Log of the ${log.centre} centre`, "data-centre": log.centre },
    el("h2", {}, `${words(log.centre)} centre`), verdict,
    el("dl", {},
      el("dt", {}, "Origin"), el("dd", {}, log.origin),
      el("dt", {}, "Checkpoint"), el("dd", {}, log.size === null ? "none yet" : `${log.size.toLocaleString("en-GB")} entries`),
      el("dt", {}, "Root"), el("dd", {}, el("code", {}, log.root ?? "none yet")),
      el("dt", {}, "Signed by"), el("dd", {}, names(log.signed_by)),
      el("dt", {}, "Cosigned by"), el("dd", {}, names(log.cosigners))),
    ...log.findings.map((finding) => el("p", { class: "error" }, finding)));
}

export function logsPanel(context: Context): Panel {
  const element = el("div", { id: "logs" });
  let shown = "";
  const update = (): void => {
    const logs = [...context.store.logs.values()];
    const key = JSON.stringify(logs);
    if (key === shown) return;
    shown = key;
    element.replaceChildren(...logs.map(one),
      logs.length === 0 ? el("p", { class: "quiet" }, "No checkpoint has been verified yet.")
        : el("p", { class: "quiet" }, "Once partners have cosigned, no two of them can have been shown different histories without detection."));
  };
  update();
  return { element, update };
}
