/** The globe: camera, ground, light and what is picked on it. Draws only when something has changed. */

import {
  buildModuleUrl, Cartesian2, Cartographic, CesiumWidget, Color, EllipsoidTerrainProvider, GeographicProjection,
  ImageryLayer, Math as CesiumMath, SceneMode, ScreenSpaceEventType, TileMapServiceImageryProvider,
} from "@cesium/engine";
import type { Mode } from "../../urlstate";
import { type Camera, HOME, LOWEST_M, nudged } from "../ground";

export class Globe {
  readonly widget: CesiumWidget;
  onPick: (id: string) => void = () => undefined;
  onMove: (camera: Camera) => void = () => undefined;
  private readonly imagery: ImageryLayer;

  constructor(container: HTMLElement, mode: Mode, camera: Camera | null) {
    const ground = TileMapServiceImageryProvider.fromUrl(buildModuleUrl("Assets/Textures/NaturalEarthII"));
    this.imagery = ImageryLayer.fromProviderAsync(ground, {});
    this.widget = new CesiumWidget(container, {
      baseLayer: this.imagery,
      terrainProvider: new EllipsoidTerrainProvider(),
      creditContainer: document.createElement("div"),
      mapProjection: new GeographicProjection(),
      sceneMode: mode === "globe" ? SceneMode.SCENE3D : SceneMode.SCENE2D,
      requestRenderMode: true,
      maximumRenderTimeChange: Number.POSITIVE_INFINITY,
      skyBox: false,
      skyAtmosphere: false,
      msaaSamples: 1,
      orderIndependentTranslucency: false,
      showRenderLoopErrors: false,
    });
    const { scene } = this.widget;
    scene.globe.showGroundAtmosphere = false;
    if (scene.moon) scene.moon.show = false;
    if (scene.sun) scene.sun.show = false;
    scene.fog.enabled = false;
    // Things are picked by what they are, not by how deep they lie; without a GPU the depth costs a third of a frame.
    scene.useDepthPicking = false;
    scene.screenSpaceCameraController.minimumZoomDistance = LOWEST_M;
    this.place(camera);
    this.listen();
  }

  private listen(): void {
    this.widget.screenSpaceEventHandler.setInputAction((event: { position: Cartesian2 }) => {
      const picked = this.widget.scene.pick(event.position) as { id?: unknown } | undefined;
      const id = picked?.id;
      if (typeof id === "string") this.onPick(id);
      else if (typeof id === "object" && id !== null && "id" in id && typeof id.id === "string") this.onPick(id.id);
    }, ScreenSpaceEventType.LEFT_CLICK);
    this.widget.container.addEventListener("keydown", (event) => { this.nudge(event as KeyboardEvent); });
    this.widget.camera.moveEnd.addEventListener(() => { this.onMove(this.camera()); });
  }

  /** Where the camera is: longitude and latitude in degrees, height in metres. */
  camera(): Camera {
    const at = this.widget.scene.mode === SceneMode.SCENE2D ? this.middle() : this.widget.camera.positionCartographic;
    return [CesiumMath.toDegrees(at.longitude), CesiumMath.toDegrees(at.latitude), at.height];
  }

  private middle(): Cartographic {
    const { camera } = this.widget;
    const at = camera.positionCartographic;
    const frustum = camera.frustum as unknown as { right?: number; left?: number };
    const width = (frustum.right ?? 0) - (frustum.left ?? 0);
    return new Cartographic(at.longitude, at.latitude, Math.max(LOWEST_M, width));
  }

  /** Put the camera somewhere, looking straight down; over the region at home without a place. */
  place(camera: Camera | null): void {
    this.widget.camera.setView({ destination: Cartographic.toCartesian(Cartographic.fromDegrees(...(camera ?? HOME))) });
    this.draw();
  }

  /** Show globe or map, without a flight between them. */
  mode(mode: Mode): void {
    const camera = this.camera();
    if (mode === "globe") this.widget.scene.morphTo3D(0);
    else this.widget.scene.morphTo2D(0);
    this.place(camera);
  }

  /** Quieter ground and background for a theme, so that what is drawn stands out. */
  theme(dark: boolean): void {
    const { scene } = this.widget;
    scene.backgroundColor = Color.fromCssColorString(dark ? "#0a0e14" : "#dfe6ec");
    scene.globe.baseColor = Color.fromCssColorString(dark ? "#16202b" : "#b9c7d3");
    this.imagery.brightness = dark ? 0.5 : 1.15;
    this.imagery.saturation = dark ? 0.45 : 0.5;
    this.imagery.contrast = dark ? 1.05 : 0.85;
    this.draw();
  }

  /** Turn or shift by keys, a step for each press. */
  nudge(event: KeyboardEvent): void {
    const camera = nudged(this.camera(), event.key);
    if (!camera) return;
    event.preventDefault();
    this.place(camera);
    this.onMove(this.camera());
  }

  draw(): void {
    this.widget.scene.requestRender();
  }
}
