/** Phases on a slider, the threat that the defended area holds against, layers and what the colours mean. */

import { byId, choice, el } from "./dom";
import { words } from "./format";
import { ANNOUNCED, DANGER, DEFENDED, SENSOR } from "./palette";
import type { Context } from "./panels/panel";
import { type Drawing, LAYERS, type Layer } from "./urlstate";

const MEANS: Record<Layer, { name: string; colour: string; dashed?: true }> = {
  assets: { name: "Assets", colour: "#56b4e9" },
  volumes: { name: "Reach of all", colour: SENSOR },
  defended: { name: "Defended area", colour: DEFENDED },
  tracks: { name: "Tracks, impacts", colour: "#ffd21f" },
  areas: { name: "Warned, announced", colour: ANNOUNCED, dashed: true },
  borders: { name: "Borders", colour: "#8a99a8" },
};

const DRAWN: { id: Drawing; name: string }[] = [
  { id: "auto", name: "by itself" }, { id: "webgl", name: "WebGL" }, { id: "canvas", name: "plain" },
];

/** The threats for which the scene has a defended area. */
export function threatsOf(context: Context): string[] {
  return [...new Set(context.scene.defended.map((each) => each.threat))];
}

export function makeTimeline(context: Context): () => void {
  const { phases } = context.session.scenario;
  const threats = el("span");
  let known: string | null = null;
  const now = el("div", { class: "now", id: "phase-name" });
  const slider = el("input", {
    type: "range", min: 0, max: Math.max(0, phases.length - 1), step: 1, "aria-label": "Phase", id: "phase", input: () => {
      const phase = phases[slider.valueAsNumber];
      if (phase) context.change({ phase: phase.id });
    },
  });
  const ticks = el("div", { class: "ticks", "aria-hidden": "true" });
  byId("timeline").append(
    el("div", { class: "slide" }, now, slider, ticks),
    threats);
  return () => {
    const ids = threatsOf(context);
    const chosen = context.view.threat;
    if (ids.join() + chosen !== known) {
      known = ids.join() + chosen;
      threats.replaceChildren(ids.length === 0 ? (context.scene.computing ? "Computing what is defended …" : "")
        : choice("Threat", ids.map((id) => ({ id, name: id })), chosen, (threat) => { context.change({ threat }); }));
    }
    const at = Math.max(0, phases.findIndex((phase) => phase.id === context.view.phase));
    const phase = phases[at];
    slider.value = String(at);
    now.textContent = phase ? `${phase.name}, ${phase.date}` : "";
    slider.setAttribute("aria-valuetext", now.textContent);
    ticks.replaceChildren(...phases.map((each, index) => el(index === at ? "b" : "span", {}, each.id)));
  };
}

export function makeLegend(context: Context): void {
  const toggle = (layer: Layer, on: boolean): void => {
    context.change({ layers: LAYERS.filter((each) => (each === layer ? on : context.view.layers.includes(each))) });
  };
  const rows = LAYERS.map((layer) => {
    const { name, colour, dashed } = MEANS[layer];
    const box = el("input", {
      type: "checkbox", checked: context.view.layers.includes(layer), id: `layer-${layer}`, change: () => { toggle(layer, box.checked); },
    });
    const swatch = el("span", { class: dashed ? "swatch dashed" : "swatch", style: `background:${colour};border-color:${dashed ? colour : ""}` });
    return el("label", {}, box, swatch, name);
  });
  const danger = el("div", { class: "row", style: "margin:2px 0 0" }, el("span", { class: "swatch", style: `background:${DANGER}` }), words("danger"));
  const drawing = choice("Drawn", DRAWN, context.view.drawing, (chosen) => {
    context.change({ drawing: chosen as Drawing });
    window.location.reload();
  });
  const licences = el("a", { href: "licences.txt", target: "_blank", rel: "noopener" }, "Licences");
  byId("legend").append(el("details", { open: true }, el("summary", {}, "Layers"), ...rows, danger, drawing, licences));
}
