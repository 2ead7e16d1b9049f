/** What every way of drawing can do, and which one this machine gets. */

import type { Store } from "../store";
import type { Asset, DefendedArea, Json } from "../types";
import type { Drawing, Layer, Mode } from "../urlstate";

/** Longitude and latitude in degrees, and height in metres; on the map the width shown. */
export type Camera = [number, number, number];
/** Where the view begins: over Europe and what lies around it. */
export const HOME: Camera = [12, 51, 6_400_000];
export const LOWEST_M = 20_000;
export const HIGHEST_M = 4e7;

/** What a file put on the globe. */
export interface FileLayer {
  /** Seconds from its first to its last instant; 0 for a file without a clock. */
  readonly seconds: number;
  /** Show the file some seconds after its first instant. */
  at: (seconds: number) => void;
  /** Where something stands then, metres, earth-centred and earth-fixed; for tests. */
  where: (id: string, seconds: number) => [number, number, number] | null;
  close: () => void;
}

export interface Ground {
  readonly drawnWith: Exclude<Drawing, "auto">;
  onPick: (id: string) => void;
  onMove: (camera: Camera) => void;
  camera: () => Camera;
  place: (camera: Camera | null) => void;
  mode: (mode: Mode) => void;
  theme: (dark: boolean) => void;
  layers: (shown: readonly Layer[]) => void;
  /** Show the assets that serve on a day. */
  assets: (assets: Asset[], date: string) => void;
  /** Show the volume of one asset, whatever the layers say; none for another id. */
  select: (id: string) => void;
  defended: (area: DefendedArea | null) => void;
  /** Draw tracks and areas of messages that have changed since the last call. */
  follow: (store: Store) => void;
  /** Take every track off. */
  forget: () => void;
  open: (kind: "geojson" | "czml", content: Json) => Promise<FileLayer>;
  /** How many tracks are drawn; for tests. */
  readonly trackCount: number;
}

/** The camera after a key, a step for each press; null for a key that moves nothing, home for the key of that name. */
export function nudged(at: Camera, key: string): Camera | null {
  const step = Math.min(20, at[2] / 300_000);
  const moves: Record<string, Camera> = {
    ArrowLeft: [at[0] - step, at[1], at[2]],
    ArrowRight: [at[0] + step, at[1], at[2]],
    ArrowUp: [at[0], Math.min(89, at[1] + step), at[2]],
    ArrowDown: [at[0], Math.max(-89, at[1] - step), at[2]],
    "+": [at[0], at[1], Math.max(LOWEST_M, at[2] / 1.4)],
    "-": [at[0], at[1], Math.min(HIGHEST_M, at[2] * 1.4)],
    Home: HOME,
  };
  const [longitude, latitude, height] = moves[key] ?? [];
  if (longitude === undefined || latitude === undefined || height === undefined) return null;
  return [((longitude + 540) % 360) - 180, latitude, height];
}

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render|warp/i;

/** Whether the name of a renderer is that of a program that draws on the processor. */
export const isSoftware = (renderer: string): boolean => SOFTWARE.test(renderer);

/** Whether a GPU draws WebGL here. Browsers either refuse WebGL without one, or draw it on the processor, at some 3 frames a second. */
export function hasGpu(): boolean {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (!context) return false;
  const named = context.getExtension("WEBGL_debug_renderer_info");
  const renderer = String(context.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : context.RENDERER));
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return !isSoftware(renderer);
}

/** Make the ground as asked for; by itself WebGL where there is a GPU, and a plain canvas elsewhere. */
export async function makeGround(container: HTMLElement, drawing: Drawing, mode: Mode, camera: Camera | null): Promise<Ground> {
  if (drawing === "webgl" || (drawing === "auto" && hasGpu())) {
    const { CesiumGround } = await import("./cesium/ground");
    return new CesiumGround(container, mode, camera);
  }
  const { CanvasGround } = await import("./canvas/ground");
  return new CanvasGround(container, mode, camera);
}
