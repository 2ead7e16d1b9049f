/** Tracks on the canvas: symbol, number, the way it came, where it is predicted to come down. */

import { DANGER } from "../../palette";
import type { KnownTrack, Store } from "../../store";
import { impactOf, TRACK_COLOUR } from "../shapes";
import { symbol } from "../symbols";
import { label } from "./labels";
import type { Projection } from "./projection";
import { Line, scaled, type Vector, vectorOf } from "./vectors";

/** Pixels that the points of a trail are apart at least. */
const APART = 2;
/** Farther than this the numbers are left out, metres. */
const LABELS_WITHIN_M = 2.5e7;

interface Drawn {
  at: Vector;
  trail: Line | null;
  impact: Line | null;
  impactOf: unknown;
}

export interface Spot {
  id: string;
  x: number;
  y: number;
}

export class Tracks {
  private readonly drawn = new Map<number, Drawn>();
  private readonly image = symbol("object", TRACK_COLOUR);

  /** Take what has changed; whether anything has. */
  update(store: Store): boolean {
    if (store.changedTracks.size === 0) return false;
    for (const number of store.changedTracks) {
      const known = store.tracks.get(number);
      const at = known && placeOfTrack(known);
      if (known && at) this.drawn.set(number, this.taken(known, at, this.drawn.get(number)));
      else this.drawn.delete(number);
    }
    store.changedTracks.clear();
    return true;
  }

  private taken(known: KnownTrack, at: Vector, former: Drawn | undefined): Drawn {
    const { impact } = known.track;
    return {
      at,
      trail: known.trail.length > 1 ? Line.ofPositions(known.trail) : null,
      impact: former && former.impactOf === impact ? former.impact : impact ? Line.ofPoints(impactOf(known)) : null,
      impactOf: impact,
    };
  }

  forget(): void {
    this.drawn.clear();
  }

  get size(): number {
    return this.drawn.size;
  }

  /** Draw all; where each symbol is comes back, to be picked. */
  draw(context: CanvasRenderingContext2D, projection: Projection, heightM: number): Spot[] {
    context.setLineDash([]);
    this.lines(context, projection, DANGER, 2.5, (drawn) => drawn.impact);
    this.lines(context, projection, TRACK_COLOUR, 2, (drawn) => drawn.trail);
    const spots: Spot[] = [];
    const [width, height] = [this.image.width / 4, this.image.height / 4];
    for (const [number, { at }] of this.drawn) {
      const spot = projection.spot(at);
      if (!spot) continue;
      const [x, y] = spot;
      context.drawImage(this.image, x - width, y - height, 2 * width, 2 * height);
      if (heightM < LABELS_WITHIN_M) label(context, `T${number}`, x + 14, y - 8, "left");
      spots.push({ id: `track:${number}`, x, y });
    }
    return spots;
  }

  private lines(
    context: CanvasRenderingContext2D, projection: Projection, colour: string, width: number, of: (drawn: Drawn) => Line | null,
  ): void {
    context.strokeStyle = colour;
    context.lineWidth = width;
    for (const drawn of this.drawn.values()) {
      const line = of(drawn);
      if (!line || !projection.sees(line)) continue;
      context.beginPath();
      projection.line(context, line, APART);
      context.stroke();
    }
  }
}

/** Where a track is shown: where it was seen, or else where it is predicted to come down. */
function placeOfTrack(known: KnownTrack): Vector | null {
  const { position_ecef_m: position, impact } = known.track;
  if (position) return scaled(position);
  return impact ? vectorOf(impact.longitude_deg, impact.latitude_deg) : null;
}
