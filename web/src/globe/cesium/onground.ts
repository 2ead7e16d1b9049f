/** Points as Cesium has them. */

import { Cartesian3 } from "@cesium/engine";
import type { Point } from "../geometry";

/** Points on the ellipsoid or a little above it. */
export function onGround(points: readonly Point[], heightM = 0): Cartesian3[] {
  return points.map((point) => Cartesian3.fromDegrees(point.longitude_deg, point.latitude_deg, heightM));
}
