/** Land and borders of Natural Earth, as lines of one colour in one draw call. */

import {
  ArcType, Cartesian3, Color, ColorGeometryInstanceAttribute, GeometryInstance, PerInstanceColorAppearance, Primitive,
  SimplePolylineGeometry,
} from "@cesium/engine";
import { arcsOf, loadTopology } from "../topology";

/** Load the borders as one primitive, a little above the ground. */
export async function loadBorders(colour: Color): Promise<Primitive> {
  const topology = await loadTopology();
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
