/** What is shown, kept in the address so that it can be sent, reloaded and gone back to. */

export type Mode = "globe" | "map";
/** By itself, with WebGL, or on a plain canvas. */
export const DRAWINGS = ["auto", "webgl", "canvas"] as const;
export type Drawing = (typeof DRAWINGS)[number];
export type Theme = "auto" | "light" | "dark";
export const LAYERS = ["assets", "volumes", "defended", "tracks", "areas", "borders"] as const;
export type Layer = (typeof LAYERS)[number];
export const TABS = ["situation", "plan", "messages", "assets", "logs", "files", "white"] as const;
export type Tab = (typeof TABS)[number];

export interface View {
  mode: Mode;
  theme: Theme;
  drawing: Drawing;
  phase: string;
  threat: string;
  as: string;
  tab: Tab;
  selected: string;
  layers: Layer[];
  camera: [number, number, number] | null;
}

export const INITIAL: View = {
  mode: "globe",
  theme: "auto",
  drawing: "auto",
  phase: "",
  threat: "",
  as: "",
  tab: "situation",
  selected: "",
  layers: ["assets", "defended", "tracks", "areas", "borders"],
  camera: null,
};

function oneOf<T extends string>(allowed: readonly T[], given: string | null, otherwise: T): T {
  return allowed.find((each) => each === given) ?? otherwise;
}

/** Read a view from the part of an address after #; what is not understood is as at the start. */
export function readView(hash: string): View {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const layers = given.get("layers");
  const camera = (given.get("camera") ?? "").split(",").map(Number);
  const [longitude, latitude, height] = camera;
  const cameraHolds =
    camera.length === 3 && camera.every(Number.isFinite) && longitude !== undefined && latitude !== undefined &&
    height !== undefined && Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 && height > 0;
  return {
    mode: oneOf(["globe", "map"], given.get("view"), INITIAL.mode),
    theme: oneOf(["auto", "light", "dark"], given.get("theme"), INITIAL.theme),
    drawing: oneOf(DRAWINGS, given.get("drawing"), INITIAL.drawing),
    phase: given.get("phase") ?? "",
    threat: given.get("threat") ?? "",
    as: given.get("as") ?? "",
    tab: oneOf(TABS, given.get("tab"), INITIAL.tab),
    selected: given.get("selected") ?? "",
    layers: layers === null ? [...INITIAL.layers] : LAYERS.filter((layer) => layers.split(",").includes(layer)),
    camera: cameraHolds ? [longitude, latitude, height] : null,
  };
}

/** Write a view; what is as at the start is left out. */
export function writeView(view: View): string {
  const written = new URLSearchParams();
  const note = (name: string, value: string, initial: string): void => {
    if (value !== initial) written.set(name, value);
  };
  note("view", view.mode, INITIAL.mode);
  note("theme", view.theme, INITIAL.theme);
  note("drawing", view.drawing, INITIAL.drawing);
  note("phase", view.phase, "");
  note("threat", view.threat, "");
  note("as", view.as, "");
  note("tab", view.tab, INITIAL.tab);
  note("selected", view.selected, "");
  note("layers", view.layers.join(","), INITIAL.layers.join(","));
  if (view.camera) written.set("camera", view.camera.map((value, index) => value.toFixed(index < 2 ? 2 : 0)).join(","));
  return written.size === 0 ? "" : `#${written.toString()}`;
}
