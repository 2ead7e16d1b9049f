/** Land and borders in several degrees of detail, each made when it is first needed. */

import { arcsOf, loadTopology, polygonsOf, thinned, type Topology } from "../topology";
import { Area } from "./projection";
import { Line } from "./vectors";

/** Least distance of points in degrees. */
const LEVELS = [0.6, 0.3, 0.15, 0.05, 0] as const;
/** Pixels that may lie between points: still, and while the view moves. */
const STILL = 1.5;
const MOVING = 4;

interface Detail {
  land: Area[];
  borders: Line[];
}

export class Land {
  private readonly topology: Topology;
  private readonly arcs: number[][];
  private readonly made = new Map<number, Detail>();

  constructor(topology: Topology) {
    this.topology = topology;
    this.arcs = arcsOf(topology);
  }

  static async load(): Promise<Land> {
    return new Land(await loadTopology());
  }

  /** What to draw where a pixel spans so many degrees. */
  detail(degreesPerPixel: number, moving: boolean): Detail {
    const allowed = degreesPerPixel * (moving ? MOVING : STILL);
    const tolerance = LEVELS.find((level) => level <= allowed) ?? 0;
    let found = this.made.get(tolerance);
    if (!found) {
      found = this.make(tolerance);
      this.made.set(tolerance, found);
    }
    return found;
  }

  private make(tolerance: number): Detail {
    const arcs = tolerance === 0 ? this.arcs : this.arcs.map((arc) => thinned(arc, tolerance));
    const land = polygonsOf(this.topology, "land", arcs).flatMap((polygon) => {
      const rings = polygon.filter((ring) => ring.length >= 8);
      const [outer] = rings;
      if (!outer) return [];
      return [new Area(rings.map(pairs), Line.ofDegrees(outer))];
    });
    return { land, borders: arcs.filter((arc) => arc.length >= 4).map((arc) => Line.ofDegrees(arc)) };
  }
}

const pairs = (ring: readonly number[]): [number, number][] =>
  Array.from({ length: ring.length / 2 }, (_, index) => [ring[2 * index] ?? 0, ring[2 * index + 1] ?? 0]);
