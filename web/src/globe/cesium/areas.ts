/** Areas: what is defended, what was announced, what is warned of. */

import {
  ArcType, Cartesian3, Color, CustomDataSource, Entity, GeoJsonDataSource, PolygonGraphics, PolygonHierarchy, PolylineDashMaterialProperty,
} from "@cesium/engine";
import { DEFENDED } from "../../palette";
import type { Store } from "../../store";
import type { DefendedArea } from "../../types";
import { areasOf, type Outline, tellingAreas } from "../shapes";
import type { Globe } from "./globe";
import { onGround } from "./onground";

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

  /** Show what is defended, or nothing. */
  async showDefended(area: DefendedArea | null): Promise<void> {
    this.turn += 1;
    const turn = this.turn;
    const colour = Color.fromCssColorString(DEFENDED);
    const loaded = area
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
    const messages = tellingAreas(store);
    const key = messages.map((message) => `${message.centre}${message.counter}`).join();
    if (key === this.shown) return;
    this.shown = key;
    this.told.entities.removeAll();
    for (const outline of messages.flatMap(areasOf)) this.told.entities.add(entity(outline));
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

function entity(outline: Outline): Entity {
  const positions: Cartesian3[] = onGround(outline.points, 1500);
  const color = Color.fromCssColorString(outline.colour);
  const made = new Entity({
    id: outline.id,
    polyline: {
      positions, width: outline.width, arcType: ArcType.NONE,
      material: outline.dashed ? new PolylineDashMaterialProperty({ color }) : color,
    },
  });
  if (outline.fill > 0) {
    made.polygon = new PolygonGraphics({
      hierarchy: new PolygonHierarchy(positions), material: color.withAlpha(outline.fill), height: 1500,
    });
  }
  return made;
}
