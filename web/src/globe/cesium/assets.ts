/** Assets in service in the phase shown, with reach and sensor volumes. */

import {
  ArcType, Cartesian2, Cartesian3, Color, DistanceDisplayCondition, Entity, CustomDataSource, LabelStyle, Math as CesiumMath, PolylineDashMaterialProperty,
} from "@cesium/engine";
import { byNumber, ownerColour, SENSOR } from "../../palette";
import type { Asset, Volume } from "../../types";
import { reachOf, serves } from "../shapes";
import { symbol } from "../symbols";
import type { Globe } from "./globe";
import { onGround } from "./onground";

export class AssetLayer {
  private readonly globe: Globe;
  private readonly symbols = new CustomDataSource("assets");
  private readonly volumes = new CustomDataSource("volumes");
  private readonly chosen = new CustomDataSource("chosen");
  private assets: Asset[] = [];
  private owners: string[] = [];

  constructor(globe: Globe) {
    this.globe = globe;
    for (const source of [this.volumes, this.chosen, this.symbols]) void globe.widget.dataSources.add(source);
  }

  /** Show the assets that serve on a day. */
  show(assets: Asset[], date: string): void {
    this.owners = byNumber(assets);
    this.assets = assets.filter((asset) => serves(asset, date));
    this.symbols.entities.removeAll();
    this.volumes.entities.removeAll();
    for (const asset of this.assets) {
      this.symbols.entities.add(this.entity(asset));
      const outline = ground(asset);
      if (outline) this.volumes.entities.add(outline);
    }
    this.globe.draw();
  }

  private entity(asset: Asset): Entity {
    return new Entity({
      id: `asset:${asset.id}`,
      position: Cartesian3.fromDegrees(asset.longitude_deg, asset.latitude_deg, asset.height_m),
      billboard: { image: symbol(asset.kind, ownerColour(this.owners, asset.owner)), scale: 0.5, disableDepthTestDistance: 3e6 },
      label: {
        text: asset.name,
        font: "12px system-ui, sans-serif",
        fillColor: Color.WHITE,
        outlineColor: Color.BLACK,
        outlineWidth: 3,
        style: LabelStyle.FILL_AND_OUTLINE,
        pixelOffset: new Cartesian2(0, 20),
        distanceDisplayCondition: new DistanceDisplayCondition(0, 1.6e6),
      },
    });
  }

  /** Show the volume of one asset, whatever the layers say; none for another id. */
  select(id: string): void {
    this.chosen.entities.removeAll();
    const asset = this.assets.find((each) => `asset:${each.id}` === id);
    if (asset) {
      const outline = ground(asset);
      if (outline) this.chosen.entities.add(outline);
      if (asset.volume) this.chosen.entities.add(body(asset, asset.volume));
    }
    this.globe.draw();
  }

  visible(symbols: boolean, volumes: boolean): void {
    this.symbols.show = symbols;
    this.volumes.show = volumes;
    this.globe.draw();
  }
}

function ground(asset: Asset): Entity | null {
  const outline = reachOf(asset);
  if (!outline) return null;
  const colour = Color.fromCssColorString(outline.colour);
  return new Entity({
    polyline: {
      positions: onGround(outline.points, 1000),
      width: outline.width,
      arcType: ArcType.NONE,
      material: outline.dashed ? new PolylineDashMaterialProperty({ color: colour.withAlpha(0.8) }) : colour.withAlpha(0.9),
    },
  });
}

/** The volume itself; Cesium measures clock angles from east to north, and cones from the zenith. */
function body(asset: Asset, volume: Volume): Entity {
  const { range_m: range, azimuth_deg: azimuth, sector_deg: width } = volume;
  const whole = width >= 360;
  return new Entity({
    position: Cartesian3.fromDegrees(asset.longitude_deg, asset.latitude_deg, asset.height_m),
    ellipsoid: {
      radii: new Cartesian3(range, range, range),
      innerRadii: new Cartesian3(1000, 1000, 1000),
      minimumClock: CesiumMath.toRadians(whole ? 0 : 90 - azimuth - width / 2),
      maximumClock: CesiumMath.toRadians(whole ? 360 : 90 - azimuth + width / 2),
      minimumCone: CesiumMath.toRadians(90 - volume.elevation_max_deg),
      maximumCone: CesiumMath.toRadians(90 - volume.elevation_min_deg),
      material: Color.fromCssColorString(SENSOR).withAlpha(0.18),
      outline: true,
      outlineColor: Color.fromCssColorString(SENSOR).withAlpha(0.5),
      stackPartitions: 12,
      slicePartitions: 24,
    },
  });
}
