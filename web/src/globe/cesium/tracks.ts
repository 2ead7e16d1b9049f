/** Tracks: where an object was seen, the way it came, and where it is predicted to come down. */

import {
  Billboard, BillboardCollection, Cartesian2, Cartesian3, Color, DistanceDisplayCondition, Label, LabelCollection,
  LabelStyle, Material, NearFarScalar, Polyline, PolylineCollection, VerticalOrigin,
} from "@cesium/engine";
import { DANGER } from "../../palette";
import type { KnownTrack, Store } from "../../store";
import { impactOf, TRACK_COLOUR } from "../shapes";
import { symbol } from "../symbols";
import type { Globe } from "./globe";
import { onGround } from "./onground";

interface Drawn {
  billboard: Billboard;
  label: Label;
  trail: Polyline | null;
  impact: Polyline | null;
}

const material = (colour: string, alpha: number): Material =>
  Material.fromType("Color", { color: Color.fromCssColorString(colour).withAlpha(alpha) });

export class TrackLayer {
  private readonly globe: Globe;
  private readonly billboards: BillboardCollection;
  private readonly labels: LabelCollection;
  private readonly lines = new PolylineCollection();
  private readonly drawn = new Map<number, Drawn>();
  private readonly image = symbol("object", TRACK_COLOUR);

  constructor(globe: Globe) {
    this.globe = globe;
    const { scene } = globe.widget;
    this.billboards = new BillboardCollection({ scene });
    this.labels = new LabelCollection({ scene });
    for (const each of [this.lines, this.billboards, this.labels]) scene.primitives.add(each);
  }

  /** Draw what has changed since the last call. */
  update(store: Store): void {
    if (store.changedTracks.size === 0) return;
    for (const number of store.changedTracks) {
      const known = store.tracks.get(number);
      if (known) this.show(number, known);
      else this.forget(number);
    }
    store.changedTracks.clear();
    this.globe.draw();
  }

  private show(number: number, known: KnownTrack): void {
    const position = place(known);
    if (!position) {
      this.forget(number);
      return;
    }
    const id = `track:${number}`;
    let drawn = this.drawn.get(number);
    if (!drawn) {
      drawn = {
        billboard: this.billboards.add({ id, image: this.image, scale: 0.5, position, disableDepthTestDistance: 3e6 }),
        label: this.labels.add({ id, position, ...LABEL }),
        trail: null,
        impact: null,
      };
      this.drawn.set(number, drawn);
    }
    drawn.billboard.position = position;
    drawn.label.position = position;
    drawn.label.text = `T${number}`;
    drawn.trail = this.line(drawn.trail, id, known.trail.map((each) => new Cartesian3(...each)), TRACK_COLOUR, 0.9, 2);
    drawn.impact = this.line(drawn.impact, id, onGround(impactOf(known), 2000), DANGER, 1, 2.5);
  }

  private line(
    former: Polyline | null, id: string, positions: Cartesian3[], colour: string, alpha: number, width: number,
  ): Polyline | null {
    if (positions.length < 2) {
      if (former) this.lines.remove(former);
      return null;
    }
    if (former) {
      former.positions = positions;
      return former;
    }
    return this.lines.add({ id, positions, width, material: material(colour, alpha) });
  }

  private forget(number: number): void {
    const drawn = this.drawn.get(number);
    if (!drawn) return;
    this.billboards.remove(drawn.billboard);
    this.labels.remove(drawn.label);
    for (const line of [drawn.trail, drawn.impact]) if (line) this.lines.remove(line);
    this.drawn.delete(number);
  }

  clear(): void {
    for (const number of [...this.drawn.keys()]) this.forget(number);
    this.globe.draw();
  }

  visible(is: boolean): void {
    this.billboards.show = is;
    this.labels.show = is;
    this.lines.show = is;
    this.globe.draw();
  }

  /** How many are drawn; for tests. */
  get size(): number {
    return this.drawn.size;
  }
}

const LABEL = {
  font: "600 13px system-ui, sans-serif",
  fillColor: Color.WHITE,
  outlineColor: Color.BLACK,
  outlineWidth: 3,
  style: LabelStyle.FILL_AND_OUTLINE,
  pixelOffset: new Cartesian2(14, -8),
  verticalOrigin: VerticalOrigin.CENTER,
  distanceDisplayCondition: new DistanceDisplayCondition(0, 2.5e7),
  translucencyByDistance: new NearFarScalar(1e7, 1, 2.5e7, 0.3),
  disableDepthTestDistance: 3e6,
};

/** Where a track is shown: where it was seen, or else where it is predicted to come down. */
function place(known: KnownTrack): Cartesian3 | null {
  const { position_ecef_m: position, impact } = known.track;
  if (position) return new Cartesian3(...position);
  return impact ? Cartesian3.fromDegrees(impact.longitude_deg, impact.latitude_deg) : null;
}
