/** Banner and header: whose view this is, the clock of the exercise, how it is shown. */

import { button, byId, choice, el } from "./dom";
import { leave, Refused, setName } from "./api";
import { dayAndTime, words } from "./format";
import { type Context, nameOf } from "./panels/panel";
import { openDialog } from "./panels/why";
import type { Mode, Theme } from "./urlstate";

const THEMES: { id: Theme; name: string }[] = [
  { id: "auto", name: "As the system" }, { id: "light", name: "Light" }, { id: "dark", name: "Dark" },
];

export class Header {
  private readonly context: Context;
  private readonly clock = el("span", { class: "clock", id: "clock" }, "No clock yet");
  private readonly link = el("span", { class: "link-state", role: "status" });
  private readonly who = el("span", { class: "who" });
  private readonly modes: Map<Mode, HTMLButtonElement>;

  constructor(context: Context) {
    this.context = context;
    const { session, view } = context;
    this.modes = new Map((["globe", "map"] as const).map((mode) =>
      [mode, button(words(mode), () => { context.change({ mode }); }, { id: `mode-${mode}` })]));
    const header = byId("header");
    header.append(el("h1", {}, "Synaspis"), this.who, this.link, el("span", { class: "gap" }), this.clock);
    if (session.view_as.length > 1) {
      header.append(choice("View as", session.view_as.map((id) => ({ id, name: nameOf(session, id) })), view.as,
        (as) => { context.change({ as, selected: "" }); }));
    }
    if (session.role !== "observer") header.append(button("Name", () => { this.askName(); }, { title: "Who sits here" }));
    header.append(
      el("span", { class: "pair", role: "group", "aria-label": "Globe or map" }, ...this.modes.values()),
      choice("Theme", THEMES, view.theme, (theme) => { context.change({ theme: theme as Theme }); }));
    const banner = byId("banner");
    banner.hidden = session.exercise === null;
    banner.textContent = session.exercise === null ? "" : `EXERCISE · ${session.exercise} · EXERCISE`;
    document.title = session.exercise === null ? "Synaspis" : `EXERCISE ${session.exercise} · Synaspis`;
    this.connected(false);
  }

  /** Ask who sits here; the name goes into every message from then on. */
  private askName(): void {
    const field = el("input", { type: "text", maxlength: 80, value: this.context.session.name, "aria-label": "Name" });
    const outcome = el("p", { "aria-live": "polite" });
    const save = async (): Promise<void> => {
      try {
        this.context.session.name = (await setName(field.value.trim())).name;
        outcome.textContent = "Saved.";
        this.update();
      } catch (error) {
        outcome.textContent = error instanceof Refused ? error.message : String(error);
      }
    };
    openDialog("Who sits here?", el("p", {}, "The name stands in every message that is sent from here."),
      el("div", { class: "row" }, field, button("Save", () => { void save(); }, { class: "main" }),
        button("Leave the session", () => { void leave().then(() => { window.location.reload(); }); })), outcome);
  }

  connected(is: boolean): void {
    this.link.replaceChildren(el("span", { class: is ? "dot" : "dot off" }), is ? "Connected" : "No connection; trying again");
  }

  update(): void {
    const { session, store, view } = this.context;
    const seen = view.as === session.cell ? "" : `, looks as ${nameOf(session, view.as)}`;
    this.who.textContent = `${session.name}${seen}`;
    for (const [mode, each] of this.modes) each.setAttribute("aria-pressed", String(mode === view.mode));
    const now = store.exerciseMs();
    if (now === null || !store.clock) return;
    const { speed, state } = store.clock;
    this.clock.replaceChildren(`${dayAndTime(new Date(now).toISOString())} UTC`,
      el("small", {}, `${state}${speed === 1 ? "" : ` ×${speed}`}`));
  }
}
