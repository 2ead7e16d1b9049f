/** Land and borders of Natural Earth, as lines of one colour in one draw call. */

import {
  ArcType, Cartesian3, Color, ColorGeometryInstanceAttribute, GeometryInstance, PerInstanceColorAppearance, Primitive,
  SimplePolylineGeometry,
} from "@cesium/engine";

interface Topology {
  arcs: [number, number][][];
  transform: { scale: [number, number]; translate: [number, number] };
}

/** Degrees, longitude first, of each arc of a TopoJSON file, whose points are differences in whole steps. */
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

/** Load the borders as one primitive, a little above the ground. */
export async function loadBorders(address: string, colour: Color): Promise<Primitive> {
  const topology = (await (await fetch(address)).json()) as Topology;
  const color = ColorGeometryInstanceAttribute.fromColor(colour);
  const instances = arcsOf(topology)
    .filter((arc) => arc.length >= 4)
    .map((arc) => new GeometryInstance({
      geometry: new SimplePolylineGeometry({
        positions: Cartesian3.fromDegreesArrayHeights(withHeight(arc)), arcType: ArcType.NONE,
      }),
      attributes: { color },
    }));
  return new Primitive({
    geometryInstances: instances,
    appearance: new PerInstanceColorAppearance({ flat: true, translucent: true }),
    asynchronous: true,
  });
}

function withHeight(arc: number[]): number[] {
  return arc.flatMap((value, index) => (index % 2 === 1 ? [value, 1500] : [value]));
}
