/** The ground drawn by Cesium, with WebGL. */

import { Color } from "@cesium/engine";
import type { Store } from "../../store";
import type { Asset, DefendedArea, Json } from "../../types";
import type { Layer, Mode } from "../../urlstate";
import type { Camera, FileLayer, Ground } from "../ground";
import { AreaLayer } from "./areas";
import { AssetLayer } from "./assets";
import { loadBorders } from "./borders";
import { drawFile } from "./files";
import { Globe } from "./globe";
import { TrackLayer } from "./tracks";

export class CesiumGround implements Ground {
  readonly drawnWith = "webgl";
  private readonly globe: Globe;
  private readonly assetLayer: AssetLayer;
  private readonly areaLayer: AreaLayer;
  private readonly tracks: TrackLayer;
  private borders: { show: boolean } | null = null;
  private shown: readonly Layer[] = [];
  private area: DefendedArea | null = null;

  constructor(container: HTMLElement, mode: Mode, camera: Camera | null) {
    this.globe = new Globe(container, mode, camera);
    this.assetLayer = new AssetLayer(this.globe);
    this.areaLayer = new AreaLayer(this.globe);
    this.tracks = new TrackLayer(this.globe);
    void this.addBorders();
  }

  set onPick(picked: (id: string) => void) {
    this.globe.onPick = picked;
  }

  set onMove(moved: (camera: Camera) => void) {
    this.globe.onMove = moved;
  }

  camera(): Camera {
    return this.globe.camera();
  }

  place(camera: Camera | null): void {
    this.globe.place(camera);
  }

  mode(mode: Mode): void {
    this.globe.mode(mode);
  }

  theme(dark: boolean): void {
    this.globe.theme(dark);
  }

  layers(shown: readonly Layer[]): void {
    this.shown = shown;
    this.assetLayer.visible(shown.includes("assets"), shown.includes("volumes"));
    this.areaLayer.visible(shown.includes("areas"));
    this.tracks.visible(shown.includes("tracks"));
    if (this.borders) this.borders.show = shown.includes("borders");
    this.defended(this.area);
  }

  assets(assets: Asset[], date: string): void {
    this.assetLayer.show(assets, date);
  }

  select(id: string): void {
    this.assetLayer.select(id);
  }

  defended(area: DefendedArea | null): void {
    this.area = area;
    void this.areaLayer.showDefended(this.shown.includes("defended") ? area : null);
  }

  follow(store: Store): void {
    this.tracks.update(store);
    this.areaLayer.update(store);
  }

  forget(): void {
    this.tracks.clear();
  }

  open(kind: "geojson" | "czml", content: Json): Promise<FileLayer> {
    return drawFile(this.globe, kind, content);
  }

  get trackCount(): number {
    return this.tracks.size;
  }

  private async addBorders(): Promise<void> {
    const made = await loadBorders(Color.fromCssColorString("#8a99a8").withAlpha(0.75));
    this.borders = this.globe.widget.scene.primitives.add(made, 0) as { show: boolean };
    this.borders.show = this.shown.includes("borders");
    this.globe.draw();
  }
}
