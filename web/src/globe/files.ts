/** Results opened from files: GeoJSON and CZML, as the export of the package writes them. */

import {
  BoundingSphere, Color, type CzmlDataSource as Czml, CzmlDataSource, type GeoJsonDataSource as Geo, GeoJsonDataSource,
  HeadingPitchRange, JulianDate, Matrix4,
} from "@cesium/engine";
import type { Json, JsonObject } from "../types";
import type { Globe } from "./globe";

const PARTS = 16;
const SMALLEST_M = 300_000;

export interface Opened {
  name: string;
  kind: "geojson" | "czml" | "json";
  marking: string;
  content: Json;
  source: Czml | Geo | null;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a file holds, told from its content, not from its name. */
export function kindOf(content: Json): Opened["kind"] {
  if (Array.isArray(content) && isObject(content[0]) && content[0].id === "document") return "czml";
  if (isObject(content) && (content.type === "FeatureCollection" || content.type === "Feature")) return "geojson";
  return "json";
}

/** Marking of a file; results carry it at the top or with each part. */
export function markingOf(content: Json): string {
  for (const part of Array.isArray(content) ? content : [content]) {
    if (!isObject(part)) continue;
    const properties = isObject(part.properties) ? part.properties : {};
    const marking = part.marking ?? properties.marking;
    if (typeof marking === "string") return marking;
  }
  return "";
}

/** First and last instant of a file with a clock, as Cesium counts; null for one without. */
export function spanOf(opened: Opened): { start: JulianDate; seconds: number } | null {
  const clock = opened.kind === "czml" ? opened.source?.clock : undefined;
  return clock ? { start: clock.startTime, seconds: JulianDate.secondsDifference(clock.stopTime, clock.startTime) } : null;
}

/** Show what a file holds for an instant, seconds after its start. */
export function showAt(globe: Globe, start: JulianDate, seconds: number): void {
  globe.widget.clock.currentTime = JulianDate.addSeconds(start, seconds, new JulianDate());
  globe.draw();
}

/** Open a file and draw it; raises an error in words for what is no JSON. */
export async function openFile(globe: Globe, file: File): Promise<Opened> {
  let content: Json;
  try {
    content = JSON.parse(await file.text()) as Json;
  } catch {
    throw new Error(`${file.name} is no JSON. Allowed are GeoJSON, CZML and the JSON that the commands print with --json.`);
  }
  const kind = kindOf(content);
  const source = await draw(globe, kind, content);
  return { name: file.name, kind, marking: markingOf(content), content, source };
}

async function draw(globe: Globe, kind: Opened["kind"], content: Json): Promise<Czml | Geo | null> {
  if (kind === "json") return null;
  const source = kind === "czml"
    ? await CzmlDataSource.load(content)
    : await GeoJsonDataSource.load(content, { fill: Color.fromCssColorString("#009e73").withAlpha(0.4) });
  if (source instanceof GeoJsonDataSource) colourByProperty(source);
  await globe.widget.dataSources.add(source);
  if (source instanceof CzmlDataSource) lookAtPaths(globe, source);
  else await globe.widget.zoomTo(source);
  globe.draw();
  return source;
}

/** Look down on whole paths; Cesium's own zoom goes to where things are at one instant. */
function lookAtPaths(globe: Globe, source: Czml): void {
  const { startTime, stopTime } = (source.clock as Czml["clock"] | undefined) ?? globe.widget.clock;
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
function colourByProperty(source: Geo): void {
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

/** Take a file off the globe. */
export function closeFile(globe: Globe, opened: Opened): void {
  if (opened.source) globe.widget.dataSources.remove(opened.source, true);
  globe.draw();
}
