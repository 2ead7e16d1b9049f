/** What stands still under the tracks: ground, borders, defended area, reach, areas of messages, assets, files. */

import { byNumber, DEFENDED, ownerColour, SENSOR } from "../../palette";
import type { Asset, DefendedArea } from "../../types";
import type { Layer } from "../../urlstate";
import { type Outline, reachOf } from "../shapes";
import { symbol } from "../symbols";
import { drawShapes, type FileShapes, shapesOfGeojson } from "./files";
import { label } from "./labels";
import type { Land } from "./land";
import { Area, type Projection } from "./projection";
import type { Spot } from "./tracks";
import { Line, type Vector, vectorOf } from "./vectors";

/** Names of assets stand where the camera is nearer than this, metres. */
const NAMES_WITHIN_M = 1.6e6;
const DASHES = [8, 8];
const LOOKS = {
  light: { space: "#dfe6ec", sea: "#7f9cb3", land: "#aab593", border: "#5c6a74" },
  dark: { space: "#0a0e14", sea: "#16232f", land: "#2a3a40", border: "#6d7d8a" },
};

interface Shape {
  outline: Outline;
  line: Line;
  area: Area | null;
}

export function shapeOf(outline: Outline): Shape {
  return { outline, line: Line.ofPoints(outline.points), area: outline.fill > 0 ? Area.ofPoints(outline.points) : null };
}

interface Sited {
  asset: Asset;
  at: Vector;
  image: HTMLCanvasElement;
  reach: Shape | null;
}

export class Backdrop {
  land: Land | null = null;
  dark = false;
  selected = "";
  told: Shape[] = [];
  readonly files = new Set<{ shapes: FileShapes }>();
  private sited: Sited[] = [];
  private defended: FileShapes | null = null;

  assets(assets: readonly Asset[], serving: (asset: Asset) => boolean): void {
    const owners = byNumber(assets);
    this.sited = assets.filter(serving).map((asset) => {
      const reach = reachOf(asset);
      return {
        asset, at: vectorOf(asset.longitude_deg, asset.latitude_deg, asset.height_m),
        image: symbol(asset.kind, ownerColour(owners, asset.owner)), reach: reach && shapeOf(reach),
      };
    });
  }

  defend(area: DefendedArea | null): void {
    this.defended = area && shapesOfGeojson({ type: "Feature", geometry: area.geojson, properties: { colour: DEFENDED } });
  }

  /** Draw all that stands still; where each symbol is comes back, to be picked. */
  draw(
    context: CanvasRenderingContext2D, projection: Projection, size: { width: number; height: number },
    view: { heightM: number; moving: boolean; layers: readonly Layer[] },
  ): Spot[] {
    const has = (layer: Layer): boolean => view.layers.includes(layer);
    this.ground(context, projection, size, view.moving, has("borders"));
    if (has("defended") && this.defended) drawShapes(context, projection, this.defended);
    for (const { asset, reach } of this.sited) {
      const chosen = `asset:${asset.id}` === this.selected;
      if (!reach || !(chosen || has("volumes"))) continue;
      if (chosen && asset.volume) tint(context, projection, Area.ofPoints(reach.outline.points), SENSOR, 0.18);
      stroke(context, projection, reach);
    }
    if (has("areas")) {
      for (const shape of this.told) {
        if (shape.area) tint(context, projection, shape.area, shape.outline.colour, shape.outline.fill);
        stroke(context, projection, shape);
      }
    }
    for (const { shapes } of this.files) drawShapes(context, projection, shapes);
    return has("assets") ? this.symbols(context, projection, view.heightM) : [];
  }

  private ground(
    context: CanvasRenderingContext2D, projection: Projection, { width, height }: { width: number; height: number }, moving: boolean,
    borders: boolean,
  ): void {
    const looks = LOOKS[this.dark ? "dark" : "light"];
    context.fillStyle = projection.disc === null ? looks.sea : looks.space;
    context.fillRect(0, 0, width, height);
    if (projection.disc !== null) {
      context.beginPath();
      context.arc(width / 2, height / 2, projection.disc, 0, 2 * Math.PI);
      context.fillStyle = looks.sea;
      context.fill();
    }
    const detail = this.land?.detail(projection.degreesPerPixel, moving);
    if (!detail) return;
    context.beginPath();
    for (const area of detail.land) if (projection.sees(area.boundary)) projection.area(context, area);
    context.fillStyle = looks.land;
    context.fill("evenodd");
    if (!borders) return;
    context.setLineDash([]);
    context.strokeStyle = looks.border;
    context.lineWidth = 1;
    context.beginPath();
    for (const line of detail.borders) if (projection.sees(line)) projection.line(context, line, 1.5);
    context.stroke();
  }

  private symbols(context: CanvasRenderingContext2D, projection: Projection, heightM: number): Spot[] {
    const spots: Spot[] = [];
    for (const { asset, at, image } of this.sited) {
      const spot = projection.spot(at);
      if (!spot) continue;
      const [x, y] = spot;
      context.drawImage(image, x - image.width / 4, y - image.height / 4, image.width / 2, image.height / 2);
      if (heightM < NAMES_WITHIN_M) label(context, asset.name, x, y + 20, "middle", "12px system-ui, sans-serif");
      spots.push({ id: `asset:${asset.id}`, x, y });
    }
    return spots;
  }
}

function stroke(context: CanvasRenderingContext2D, projection: Projection, { line, outline }: Shape): void {
  if (!projection.sees(line)) return;
  context.strokeStyle = outline.colour;
  context.lineWidth = outline.width;
  context.setLineDash(outline.dashed ? DASHES : []);
  context.beginPath();
  projection.line(context, line);
  context.stroke();
  context.setLineDash([]);
}

function tint(context: CanvasRenderingContext2D, projection: Projection, area: Area, colour: string, alpha: number): void {
  context.beginPath();
  projection.area(context, area);
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.fill();
  context.globalAlpha = 1;
}
