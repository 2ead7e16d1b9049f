/** What stands on the ground, as outlines in degrees: the same for every way of drawing. */

import { ANNOUNCED, DANGER, SENSOR } from "../palette";
import { contentOf, type KnownTrack, type Store } from "../store";
import type { Asset, DeliveredMessage, Json } from "../types";
import { circle, ellipse, type Point, sector } from "./geometry";

export const TRACK_COLOUR = "#ffd21f";
const SMALLEST_M = 8_000;

export interface Outline {
  id: string;
  points: Point[];
  colour: string;
  width: number;
  dashed: boolean;
  /** How much of the colour the inside has; 0 for a line alone. */
  fill: number;
}

/** Whether an asset is in service on a day. */
export function serves(asset: Asset, date: string): boolean {
  return (asset.from === null || asset.from <= date) && (asset.until === null || date < asset.until);
}

/** Outline on the ground of what a sensor sees or a battery reaches; null for what has neither. */
export function reachOf(asset: Asset): Outline | null {
  const { volume, reach_m: reach } = asset;
  const points = volume
    ? sector(asset, volume.range_m, volume.azimuth_deg, volume.sector_deg)
    : reach === null ? null : circle(asset, reach);
  return points && { id: `asset:${asset.id}`, points, colour: volume ? SENSOR : "#ffffff", width: 1.5, dashed: !volume, fill: 0 };
}

/** Outline of an area of a message: boundary points, or centre and radius; null for anything else. */
export function areaOutline(area: Json | undefined): Point[] | null {
  if (area === null || area === undefined || typeof area !== "object" || Array.isArray(area)) return null;
  if (Array.isArray(area.boundary)) {
    const points = area.boundary as unknown as Point[];
    const [first] = points;
    return first ? [...points, first] : null;
  }
  const centre = area.centre as unknown as Point | undefined;
  return centre && typeof area.radius_m === "number" ? circle(centre, area.radius_m) : null;
}

/** Messages that name areas: announced launches and impacts, warnings. */
export function tellingAreas(store: Store): DeliveredMessage[] {
  return store.messages("warning", "pre-launch-notification");
}

/** Areas that a message names. */
export function areasOf(message: DeliveredMessage): Outline[] {
  const content = contentOf(message);
  const warning = message.message.kind === "warning";
  const areas = warning ? [content.area] : [content.launch_area, ...(Array.isArray(content.impact_areas) ? content.impact_areas : [])];
  return areas.flatMap((area, number) => {
    const points = areaOutline(area);
    if (!points) return [];
    return [{
      id: `message:${message.centre}:${message.counter}:${number}`, points, colour: warning ? DANGER : ANNOUNCED, width: 2,
      dashed: !warning, fill: warning ? 0.25 : 0,
    }];
  });
}

/** Where a track is predicted to come down, 95 % of it; nothing where that is not told. */
export function impactOf(known: KnownTrack): Point[] {
  const { impact } = known.track;
  if (!impact) return [];
  return impact.covariance_m2 ? ellipse(impact, impact.covariance_m2) : circle(impact, SMALLEST_M);
}
