/** Areas: what is defended, what was announced, what is warned of. */

import {
  ArcType, Cartesian3, Color, CustomDataSource, Entity, GeoJsonDataSource, PolygonHierarchy, PolylineDashMaterialProperty,
} from "@cesium/engine";
import { ANNOUNCED, DANGER, DEFENDED } from "../palette";
import { contentOf, type Store } from "../store";
import type { DefendedArea, DeliveredMessage, Json, JsonObject } from "../types";
import type { Globe } from "./globe";
import { circle, onGround, type Point } from "./geometry";

/** Outline of an area of a message: boundary points, or centre and radius; null for anything else. */
export function areaOutline(area: Json | undefined): Point[] | null {
  if (area === null || area === undefined || typeof area !== "object" || Array.isArray(area)) return null;
  if (Array.isArray(area.boundary)) {
    const points = area.boundary as unknown as Point[];
    const [first] = points;
    return first ? [...points, first] : null;
  }
  const centre = area.centre as unknown as Point | undefined;
  return centre && typeof area.radius_m === "number" ? circle(centre, area.radius_m) : null;
}

export class AreaLayer {
  private readonly globe: Globe;
  private defended: GeoJsonDataSource | null = null;
  private readonly told = new CustomDataSource("told");
  private shown = "";
  private turn = 0;

  constructor(globe: Globe) {
    this.globe = globe;
    void globe.widget.dataSources.add(this.told);
  }

  /** Show what is defended in a phase against a threat. */
  async showDefended(areas: DefendedArea[], phase: string, threat: string, visible: boolean): Promise<void> {
    this.turn += 1;
    const turn = this.turn;
    const area = areas.find((each) => each.phase === phase && each.threat === threat);
    const colour = Color.fromCssColorString(DEFENDED);
    const loaded = area && visible
      ? await GeoJsonDataSource.load(area.geojson, { fill: colour.withAlpha(0.45), stroke: colour, strokeWidth: 1 })
      : null;
    if (turn !== this.turn) return;
    const { dataSources } = this.globe.widget;
    if (this.defended) dataSources.remove(this.defended, true);
    this.defended = loaded;
    if (loaded) {
      for (const entity of loaded.entities.values) plain(entity, colour);
      await dataSources.add(loaded);
      dataSources.lowerToBottom(loaded);
    }
    this.globe.draw();
  }

  /** Show areas that messages name: announced launches and impacts, warnings. */
  update(store: Store): void {
    const messages = store.messages("warning", "pre-launch-notification");
    const key = messages.map((message) => `${message.centre}${message.counter}`).join();
    if (key === this.shown) return;
    this.shown = key;
    this.told.entities.removeAll();
    for (const message of messages) for (const entity of entitiesOf(message)) this.told.entities.add(entity);
    this.globe.draw();
  }

  visible(is: boolean): void {
    this.told.show = is;
    this.globe.draw();
  }
}

/** Polygons of the ground without an outline of their own, which would follow every cell. */
function plain(entity: Entity, colour: Color): void {
  if (!entity.polygon) return;
  entity.polygon.outline = undefined;
  entity.polygon.height = undefined;
  entity.polygon.material = colour.withAlpha(0.4) as unknown as typeof entity.polygon.material;
}

function* entitiesOf(message: DeliveredMessage): Generator<Entity> {
  const content: JsonObject = contentOf(message);
  const id = `message:${message.centre}:${message.counter}`;
  if (message.message.kind === "warning") {
    const outline = areaOutline(content.area);
    if (outline) yield polygon(`${id}:0`, outline, DANGER, 0.25);
    return;
  }
  const areas = [content.launch_area, ...(Array.isArray(content.impact_areas) ? content.impact_areas : [])];
  for (const [number, area] of areas.entries()) {
    const outline = areaOutline(area);
    if (outline) yield line(`${id}:${number}`, outline);
  }
}

function polygon(id: string, outline: Point[], colour: string, alpha: number): Entity {
  const positions: Cartesian3[] = onGround(outline, 1500);
  const shade = Color.fromCssColorString(colour);
  return new Entity({
    id,
    polygon: { hierarchy: new PolygonHierarchy(positions), material: shade.withAlpha(alpha), height: 1500 },
    polyline: { positions, width: 2, material: shade, arcType: ArcType.NONE },
  });
}

function line(id: string, outline: Point[]): Entity {
  const color = Color.fromCssColorString(ANNOUNCED);
  return new Entity({
    id,
    polyline: { positions: onGround(outline, 1500), width: 2, arcType: ArcType.NONE, material: new PolylineDashMaterialProperty({ color }) },
  });
}
