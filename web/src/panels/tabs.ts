/** Tabs with the keys that screen readers expect: arrows move, Home and End go to the ends. */

import { byId, el } from "../dom";
import type { Tab } from "../urlstate";
import type { Panel } from "./panel";

export interface TabEntry {
  id: Tab;
  title: string;
  panel: Panel;
}

export class Tabs {
  private readonly buttons = new Map<Tab, HTMLButtonElement>();
  private readonly entries: TabEntry[];
  private readonly chosen: (tab: Tab) => void;
  private current: TabEntry | undefined;

  constructor(entries: TabEntry[], chosen: (tab: Tab) => void) {
    this.entries = entries;
    this.chosen = chosen;
    const bar = byId("tabs");
    for (const { id, title } of entries) {
      const tab = el("button", {
        type: "button", role: "tab", id: `tab-${id}`, "aria-controls": "panel", click: () => { chosen(id); },
        keydown: (event) => { this.key(event as KeyboardEvent, id); },
      }, title);
      this.buttons.set(id, tab);
      bar.append(tab);
    }
  }

  private key(event: KeyboardEvent, id: Tab): void {
    const at = this.entries.findIndex((entry) => entry.id === id);
    const last = this.entries.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    const entry = to === undefined ? undefined : this.entries[to];
    if (!entry) return;
    event.preventDefault();
    this.chosen(entry.id);
    this.buttons.get(entry.id)?.focus();
  }

  /** Show a tab; the first if there is none of that id. */
  show(tab: Tab): void {
    const entry = this.entries.find((each) => each.id === tab) ?? this.entries[0];
    if (!entry) return;
    if (entry !== this.current) {
      this.current = entry;
      const panel = byId("panel");
      panel.setAttribute("aria-labelledby", `tab-${entry.id}`);
      panel.replaceChildren(entry.panel.element);
      panel.scrollTop = 0;
    }
    for (const [id, each] of this.buttons) {
      each.setAttribute("aria-selected", String(id === entry.id));
      each.tabIndex = id === entry.id ? 0 : -1;
    }
    entry.panel.update();
  }

  update(): void {
    this.current?.panel.update();
  }
}
