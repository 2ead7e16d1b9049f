/** Results opened from files: drawn on the globe, and their facts as a table. */

import { button, el } from "../dom";
import { openFile, type Opened } from "../globe/files";
import { countdown, words } from "../format";
import type { Json } from "../types";
import { isObject, plainly } from "./records";
import type { Context, Panel } from "./panel";

const ROWS_MAX = 60;

/** Facts of a file as rows of name and value, so that everything drawn can also be read. */
export function factsOf(kind: Opened["kind"], content: Json): [string, string][] {
  if (kind === "geojson" && isObject(content) && Array.isArray(content.features)) {
    return content.features.filter(isObject).map((feature) => {
      const { name = feature.id ?? "feature", ...others } = isObject(feature.properties) ? feature.properties : {};
      return [plainly(name), plainly(others)];
    });
  }
  if (kind === "czml" && Array.isArray(content)) {
    return content.filter(isObject).slice(1).map((packet) =>
      [plainly(packet.name ?? packet.id ?? ""), typeof packet.availability === "string" ? packet.availability.replace("/", " to ") : ""]);
  }
  if (isObject(content)) return Object.entries(content).map(([name, value]) => [words(name), plainly(value).slice(0, 400)]);
  return [["Content", plainly(content).slice(0, 400)]];
}

export function filesPanel(context: Context): Panel {
  const list = el("div");
  const outcome = el("p", { "aria-live": "polite" });
  const open = async (files: FileList | null): Promise<void> => {
    for (const file of files ?? []) {
      try {
        const opened = await openFile(context.ground, file);
        context.opened.add(opened);
        list.append(entry(context, opened));
        outcome.className = "good";
        outcome.textContent = `${file.name} is open.`;
      } catch (error) {
        outcome.className = "error";
        outcome.textContent = `${file.name} cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
  };
  const picker = el("input", {
    type: "file", id: "file", multiple: true, accept: ".json,.geojson,.czml", change: () => {
      void open(picker.files).then(() => { picker.value = ""; });
    },
  });
  const element = el("div", {}, el("h2", {}, "Results from files"),
    el("p", { class: "quiet" }, "GeoJSON and CZML of synaspis export, or the JSON that a command prints with --json. Files stay on this machine."),
    el("div", { class: "row" }, el("label", { for: "file" }, "Open"), picker), outcome, list);
  return { element, update: () => undefined };
}

/** A slider over the time of a file that has one. */
function timeOf({ name, layer }: Opened): HTMLElement | null {
  if (!layer || layer.seconds <= 0) return null;
  const shown = el("output");
  const set = (): void => {
    shown.textContent = `${countdown(slider.valueAsNumber)} after the start`;
    layer.at(slider.valueAsNumber);
  };
  const slider = el("input", { type: "range", min: 0, max: Math.ceil(layer.seconds), step: 1, value: Math.round(layer.seconds / 2),
    "aria-label": `Time in ${name}`, input: set });
  set();
  return el("div", { class: "row" }, el("span", {}, "Time"), slider, shown);
}

function entry(context: Context, opened: Opened): HTMLElement {
  const facts = factsOf(opened.kind, opened.content);
  const shown = facts.slice(0, ROWS_MAX);
  const made: HTMLElement = el("section", { "aria-label": opened.name },
    el("h2", {}, `${opened.name} `, opened.marking === "" ? null : el("span", { class: "tag" }, opened.marking), " ",
      button("Close", () => { opened.layer?.close(); context.opened.delete(opened); made.remove(); }, { class: "link" })),
    el("table", {}, el("caption", { class: "unseen" }, `What ${opened.name} holds`),
      el("tbody", {}, ...shown.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value))))),
    timeOf(opened),
    facts.length > shown.length ? el("p", { class: "quiet" }, `${facts.length - shown.length} more are not listed.`) : null);
  return made;
}
