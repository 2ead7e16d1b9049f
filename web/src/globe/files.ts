/** Results opened from files: GeoJSON and CZML, as the export of the package writes them. */

import type { Json, JsonObject } from "../types";
import type { FileLayer, Ground } from "./ground";

export interface Opened {
  name: string;
  kind: "geojson" | "czml" | "json";
  marking: string;
  content: Json;
  layer: FileLayer | null;
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

/** Open a file and draw it; raises an error in words for what is no JSON. */
export async function openFile(ground: Ground, file: File): Promise<Opened> {
  let content: Json;
  try {
    content = JSON.parse(await file.text()) as Json;
  } catch {
    throw new Error(`${file.name} is no JSON. Allowed are GeoJSON, CZML and the JSON that the commands print with --json.`);
  }
  const kind = kindOf(content);
  const layer = kind === "json" ? null : await ground.open(kind, content);
  return { name: file.name, kind, marking: markingOf(content), content, layer };
}
