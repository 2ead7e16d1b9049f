/** Files on the canvas. CZML is read by Cesium, which needs no WebGL for that; it is loaded with the first such file. */

import type { Json, JsonObject } from "../../types";
import { type Camera, HIGHEST_M, type FileLayer } from "../ground";
import { label } from "./labels";
import { Area, type Projection } from "./projection";
import { Line, placeOf, scaled, type Vector, vectorOf } from "./vectors";

const PARTS = 240;
const GREEN = "#009e73";

/** What a file has to draw. */
export interface FileShapes {
  areas: { area: Area; colour: string }[];
  lines: { line: Line; colour: string }[];
  spots: { at: Vector; name: string; colour: string }[];
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** Shapes of the features of a GeoJSON file, each in the colour that it says. */
export function shapesOfGeojson(content: Json): FileShapes {
  const shapes: FileShapes = { areas: [], lines: [], spots: [] };
  const features = isObject(content) && Array.isArray(content.features) ? content.features : [content];
  for (const feature of features.filter(isObject)) {
    const properties = isObject(feature.properties) ? feature.properties : {};
    const colour = typeof properties.colour === "string" ? properties.colour : GREEN;
    addGeometry(shapes, feature.geometry, colour, typeof properties.name === "string" ? properties.name : "");
  }
  return shapes;
}

function addGeometry(shapes: FileShapes, geometry: Json | undefined, colour: string, name: string): void {
  if (!isObject(geometry)) return;
  const { type, coordinates } = geometry as { type: string; coordinates: unknown };
  if (type === "GeometryCollection" && Array.isArray(geometry.geometries)) {
    for (const each of geometry.geometries) addGeometry(shapes, each, colour, name);
  } else if (type === "Polygon") shapes.areas.push({ area: Area.ofRings(ringsOf(coordinates)), colour });
  else if (type === "MultiPolygon") {
    for (const each of coordinates as unknown[]) shapes.areas.push({ area: Area.ofRings(ringsOf(each)), colour });
  } else if (type === "LineString") shapes.lines.push({ line: Line.ofDegrees(ringOf(coordinates).flat()), colour });
  else if (type === "MultiLineString") {
    for (const each of coordinates as unknown[]) shapes.lines.push({ line: Line.ofDegrees(ringOf(each).flat()), colour });
  } else if (type === "Point" || type === "MultiPoint") {
    for (const [longitude, latitude] of ringOf(type === "Point" ? [coordinates] : coordinates)) {
      shapes.spots.push({ at: vectorOf(longitude, latitude), name, colour });
    }
  }
}

const ringOf = (ring: unknown): [number, number][] => (ring as number[][]).map(([x = 0, y = 0]) => [x, y]);
const ringsOf = (rings: unknown): [number, number][][] => (rings as unknown[]).map(ringOf);

/** An open CZML file: its paths, and where everything is at an instant. */
export async function readCzml(content: Json): Promise<Pick<FileLayer, "seconds" | "where"> & { shapesAt: (seconds: number) => FileShapes }> {
  const { CzmlDataSource, JulianDate } = await import("@cesium/engine");
  const source = await CzmlDataSource.load(content);
  const clock = source.clock as typeof source.clock | undefined;
  const start = clock?.startTime ?? JulianDate.now();
  const seconds = clock ? JulianDate.secondsDifference(clock.stopTime, start) : 0;
  const entities = source.entities.values;
  const position = (entity: (typeof entities)[number], at: number): [number, number, number] | null => {
    const found = entity.position?.getValue(JulianDate.addSeconds(start, at, new JulianDate()));
    return found ? [found.x, found.y, found.z] : null;
  };
  const lines = entities.flatMap((entity) => {
    const path = Array.from({ length: PARTS + 1 }, (_, part) => position(entity, (seconds * part) / PARTS)).filter((at) => at !== null);
    const moves = path.some((at) => at.join() !== path[0]?.join());
    return moves ? [{ line: Line.ofPositions(path), colour: GREEN }] : [];
  });
  return {
    seconds,
    where: (id, at) => {
      const entity = source.entities.getById(id);
      return entity ? position(entity, at) : null;
    },
    shapesAt: (at) => ({
      areas: [], lines,
      spots: entities.flatMap((entity) => {
        const found = position(entity, at);
        return found ? [{ at: scaled(found), name: entity.name ?? "", colour: GREEN }] : [];
      }),
    }),
  };
}

/** A camera that looks down on all of a file. */
export function cameraOf(shapes: FileShapes): Camera | null {
  const lines = [...shapes.lines.map(({ line }) => line), ...shapes.areas.map(({ area }) => area.boundary)];
  const points = [...lines.flatMap((line) => Array.from({ length: line.length }, (_, at) => line.vectors.slice(3 * at, 3 * at + 3))),
    ...shapes.spots.map(({ at }) => at)];
  if (points.length === 0) return null;
  const all = new Line(Float64Array.from(points.flatMap((point) => [...point])));
  const [longitude, latitude] = placeOf(all.middle);
  const highest = Math.max(1, ...points.map((point) => Math.hypot(...point)));
  const span = Math.max(0.05, Math.sin(Math.min(all.radius, Math.PI / 2)) * highest);
  return [longitude, latitude, Math.min(HIGHEST_M, 6.4e6 * (2 * span + Math.max(0, highest - 1)))];
}

export function drawShapes(context: CanvasRenderingContext2D, projection: Projection, shapes: FileShapes): void {
  for (const { area, colour } of shapes.areas) {
    if (!projection.sees(area.boundary)) continue;
    context.beginPath();
    projection.area(context, area);
    context.globalAlpha = 0.45;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
  }
  context.lineWidth = 2;
  for (const { line, colour } of shapes.lines) {
    context.strokeStyle = colour;
    context.beginPath();
    projection.line(context, line);
    context.stroke();
  }
  for (const { at, name, colour } of shapes.spots) {
    const spot = projection.spot(at);
    if (!spot) continue;
    context.beginPath();
    context.arc(...spot, 5, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
    context.strokeStyle = "#fff";
    context.stroke();
    if (name !== "") label(context, name, spot[0] + 9, spot[1], "left", "12px system-ui, sans-serif");
  }
}
