/** The ground drawn on a plain canvas, for machines without a GPU. Draws only when something has changed. */

import type { Store } from "../../store";
import type { Asset, DefendedArea, Json } from "../../types";
import type { Layer, Mode } from "../../urlstate";
import { type Camera, type FileLayer, type Ground, HOME } from "../ground";
import { areasOf, serves, tellingAreas } from "../shapes";
import { Backdrop, shapeOf } from "./backdrop";
import { cameraOf, type FileShapes, readCzml, shapesOfGeojson } from "./files";
import { handle } from "./hands";
import { Land } from "./land";
import { type Projection, projectionOf } from "./projection";
import { type Spot, Tracks } from "./tracks";

/** The view counts as still so long after it was moved last, milliseconds. */
const STILL_MS = 200;
/** How far from a symbol a click still means it, pixels. */
const NEAR = 14;
/** More pixels than this for each of the page cost time and show nothing. */
const DENSEST = 2;

export class CanvasGround implements Ground {
  readonly drawnWith = "canvas";
  onPick: (id: string) => void = () => undefined;
  onMove: (camera: Camera) => void = () => undefined;
  private readonly canvas = document.createElement("canvas");
  private readonly behind = document.createElement("canvas");
  private readonly backdrop = new Backdrop();
  private readonly tracks = new Tracks();
  private view: Mode;
  private at: Camera;
  private projection: Projection;
  private size = { width: 1, height: 1 };
  private shown: readonly Layer[] = [];
  private stale = true;
  private waiting = 0;
  private stillAt = 0;
  private fixed: Spot[] = [];
  private spots: Spot[] = [];
  private told = "";

  constructor(container: HTMLElement, mode: Mode, camera: Camera | null) {
    this.view = mode;
    this.at = camera ?? HOME;
    this.projection = projectionOf(mode, this.at, 1, 1);
    this.canvas.style.touchAction = "none";
    container.append(this.canvas);
    handle(container, {
      camera: () => this.at,
      scale: () => this.projection.degreesPerPixel,
      move: (moved) => { this.move(moved); },
      click: (x, y) => { this.pick(x, y); },
    });
    new ResizeObserver(() => { this.resize(container); }).observe(container);
    this.resize(container);
    void Land.load().then((land) => {
      this.backdrop.land = land;
      this.change();
    });
  }

  private resize(container: HTMLElement): void {
    const density = Math.min(DENSEST, window.devicePixelRatio);
    this.size = { width: Math.max(1, container.clientWidth), height: Math.max(1, container.clientHeight) };
    for (const each of [this.canvas, this.behind]) {
      each.width = Math.round(this.size.width * density);
      each.height = Math.round(this.size.height * density);
      each.getContext("2d", { alpha: false })?.scale(density, density);
    }
    this.change();
  }

  /** What stands still has changed. */
  private change(): void {
    this.stale = true;
    this.draw();
  }

  private draw(): void {
    if (this.waiting === 0) this.waiting = window.requestAnimationFrame(() => { this.paint(); });
  }

  private paint(): void {
    this.waiting = 0;
    const context = this.canvas.getContext("2d", { alpha: false });
    const behind = this.behind.getContext("2d", { alpha: false });
    if (!context || !behind) return;
    const { width, height } = this.size;
    if (this.stale) {
      this.stale = false;
      this.projection = projectionOf(this.view, this.at, width, height);
      const moving = this.stillAt > 0;
      this.fixed = this.backdrop.draw(behind, this.projection, this.size, { heightM: this.at[2], moving, layers: this.shown });
    }
    context.drawImage(this.behind, 0, 0, width, height);
    const tracks = this.shown.includes("tracks") ? this.tracks.draw(context, this.projection, this.at[2]) : [];
    this.spots = [...this.fixed, ...tracks];
  }

  private move(camera: Camera): void {
    this.at = camera;
    window.clearTimeout(this.stillAt);
    this.stillAt = window.setTimeout(() => {
      this.stillAt = 0;
      this.change();
      this.onMove(this.at);
    }, STILL_MS);
    this.change();
  }

  private pick(x: number, y: number): void {
    let nearest: Spot | null = null;
    let least = NEAR;
    for (const spot of this.spots) {
      const apart = Math.hypot(spot.x - x, spot.y - y);
      if (apart <= least) [nearest, least] = [spot, apart];
    }
    if (nearest) this.onPick(nearest.id);
  }

  camera(): Camera {
    return this.at;
  }

  place(camera: Camera | null): void {
    this.at = camera ?? HOME;
    this.change();
  }

  mode(mode: Mode): void {
    this.view = mode;
    this.change();
  }

  theme(dark: boolean): void {
    this.backdrop.dark = dark;
    this.change();
  }

  layers(shown: readonly Layer[]): void {
    this.shown = [...shown];
    this.change();
  }

  assets(assets: Asset[], date: string): void {
    this.backdrop.assets(assets, (asset) => serves(asset, date));
    this.change();
  }

  select(id: string): void {
    if (id === this.backdrop.selected) return;
    this.backdrop.selected = id;
    this.change();
  }

  defended(area: DefendedArea | null): void {
    this.backdrop.defend(area);
    this.change();
  }

  follow(store: Store): void {
    if (this.tracks.update(store)) this.draw();
    const messages = tellingAreas(store);
    const key = messages.map((message) => `${message.centre}${message.counter}`).join();
    if (key === this.told) return;
    this.told = key;
    this.backdrop.told = messages.flatMap(areasOf).map(shapeOf);
    this.change();
  }

  forget(): void {
    this.tracks.forget();
    this.draw();
  }

  async open(kind: "geojson" | "czml", content: Json): Promise<FileLayer> {
    const file: { shapes: FileShapes } = { shapes: { areas: [], lines: [], spots: [] } };
    const show = (shapes: FileShapes): void => {
      file.shapes = shapes;
      this.change();
    };
    const czml = kind === "czml" ? await readCzml(content) : null;
    show(czml ? czml.shapesAt(0) : shapesOfGeojson(content));
    this.backdrop.files.add(file);
    const camera = cameraOf(file.shapes);
    if (camera) this.move(camera);
    return {
      seconds: czml?.seconds ?? 0,
      at: (seconds) => { if (czml) show(czml.shapesAt(seconds)); },
      where: (id, seconds) => czml?.where(id, seconds) ?? null,
      close: () => {
        this.backdrop.files.delete(file);
        this.change();
      },
    };
  }

  get trackCount(): number {
    return this.tracks.size;
  }
}
