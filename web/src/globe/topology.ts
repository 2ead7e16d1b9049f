/** TopoJSON: borders shared by neighbours stand in the file once, as arcs, and areas name the arcs of their rings. */

export interface Topology {
  arcs: [number, number][][];
  transform: { scale: [number, number]; translate: [number, number] };
  objects?: Record<string, { geometries: { type: string; arcs: number[][][] }[] }>;
}

/** Where the page finds land and borders. */
export const BORDERS = "./borders/countries-50m.json";

export async function loadTopology(): Promise<Topology> {
  return (await (await fetch(BORDERS)).json()) as Topology;
}

/** Degrees, longitude first, of each arc, whose points are differences in whole steps. */
export function arcsOf(topology: Topology): number[][] {
  const { scale, translate } = topology.transform;
  return topology.arcs.map((arc) => {
    let x = 0;
    let y = 0;
    return arc.flatMap(([stepX, stepY]) => {
      x += stepX;
      y += stepY;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
}

/** Arc of a ring: its number, or the complement of it if it is walked backwards. */
function walked(arcs: readonly number[][], at: number): number[] {
  const arc = arcs[at < 0 ? ~at : at] ?? [];
  if (at >= 0) return arc;
  const turned: number[] = [];
  for (let index = arc.length - 2; index >= 0; index -= 2) turned.push(arc[index] ?? 0, arc[index + 1] ?? 0);
  return turned;
}

/** Rings of the polygons of an object, from arcs that may have been thinned; degrees, longitude first. */
export function polygonsOf(topology: Topology, name: string, arcs: readonly number[][]): number[][][] {
  const parts = topology.objects?.[name]?.geometries ?? [];
  return parts.flatMap((part) => part.arcs).map((polygon) => polygon.map((ring) =>
    ring.flatMap((at, place) => walked(arcs, at).slice(place === 0 ? 0 : 2))));
}

/** An arc with points closer than a tolerance to the last one kept left out; its ends stay. Degrees of the map. */
export function thinned(arc: readonly number[], tolerance: number): number[] {
  const last = arc.length - 2;
  const kept: number[] = [];
  for (let index = 0; index <= last; index += 2) {
    const x = arc[index] ?? 0;
    const y = arc[index + 1] ?? 0;
    const before = kept.length - 2;
    const near = before >= 0 && Math.hypot(
      (x - (kept[before] ?? 0)) * Math.cos((y * Math.PI) / 180), y - (kept[before + 1] ?? 0)) < tolerance;
    if (!near || index === last) kept.push(x, y);
  }
  return kept;
}
