/** Files drawn by Cesium. */

import {
  BoundingSphere, Cartesian3, Color, CzmlDataSource, GeoJsonDataSource, HeadingPitchRange, JulianDate, Matrix4,
} from "@cesium/engine";
import type { Json } from "../../types";
import type { FileLayer } from "../ground";
import type { Globe } from "./globe";

const PARTS = 16;
const SMALLEST_M = 300_000;

/** Draw what a file holds and look at it. */
export async function drawFile(globe: Globe, kind: "geojson" | "czml", content: Json): Promise<FileLayer> {
  const source = kind === "czml"
    ? await CzmlDataSource.load(content)
    : await GeoJsonDataSource.load(content, { fill: Color.fromCssColorString("#009e73").withAlpha(0.4) });
  if (source instanceof GeoJsonDataSource) colourByProperty(source);
  await globe.widget.dataSources.add(source);
  if (source instanceof CzmlDataSource) lookAtPaths(globe, source);
  else await globe.widget.zoomTo(source);
  globe.draw();
  const clock = source.clock as CzmlDataSource["clock"] | undefined;
  const start = clock?.startTime ?? JulianDate.now();
  const after = (seconds: number): JulianDate => JulianDate.addSeconds(start, seconds, new JulianDate());
  return {
    seconds: clock ? JulianDate.secondsDifference(clock.stopTime, start) : 0,
    at: (seconds) => {
      globe.widget.clock.currentTime = after(seconds);
      globe.draw();
    },
    where: (id, seconds) => {
      const { x, y, z } = source.entities.getById(id)?.position?.getValue(after(seconds)) ?? new Cartesian3(NaN, NaN, NaN);
      return Number.isNaN(x) ? null : [x, y, z];
    },
    close: () => {
      globe.widget.dataSources.remove(source, true);
      globe.draw();
    },
  };
}

/** Look down on whole paths; Cesium's own zoom goes to where things are at one instant. */
function lookAtPaths(globe: Globe, source: CzmlDataSource): void {
  const { startTime, stopTime } = (source.clock as CzmlDataSource["clock"] | undefined) ?? globe.widget.clock;
  const seconds = JulianDate.secondsDifference(stopTime, startTime);
  const instants = Array.from({ length: PARTS + 1 }, (_, part) =>
    JulianDate.addSeconds(startTime, (seconds * part) / PARTS, new JulianDate()));
  const points = source.entities.values.flatMap((entity) =>
    instants.map((instant) => entity.position?.getValue(instant)).filter((point) => point !== undefined));
  if (points.length === 0) return;
  const sphere = BoundingSphere.fromPoints(points);
  const range = Math.max(SMALLEST_M, 3 * sphere.radius);
  globe.widget.camera.viewBoundingSphere(sphere, new HeadingPitchRange(0, -Math.PI / 2, range));
  globe.widget.camera.lookAtTransform(Matrix4.IDENTITY);
}

/** Each feature in the colour that its file says. */
function colourByProperty(source: GeoJsonDataSource): void {
  for (const entity of source.entities.values) {
    const properties = (entity.properties?.getValue() ?? {}) as { colour?: string };
    if (!properties.colour) continue;
    const colour = Color.fromCssColorString(properties.colour);
    if (entity.polygon) {
      entity.polygon.material = colour.withAlpha(0.45) as unknown as typeof entity.polygon.material;
      entity.polygon.outline = undefined;
    }
    if (entity.billboard) entity.billboard.color = colour as unknown as typeof entity.billboard.color;
  }
}
