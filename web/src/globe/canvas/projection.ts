/** From the earth to the canvas and back: a globe seen from the camera, or a map with equal degrees. */

import { geoArea, geoPath, geoProjection, type GeoPermissibleObjects } from "d3-geo";
import type { Point } from "../geometry";
import type { Camera } from "../ground";
import type { Mode } from "../../urlstate";
import { EQUATOR_M, Line, parametric, placeOf, vectorOf, type Vector } from "./vectors";

/** Half of the angle that the longer side of the picture spans, as Cesium has it. */
const HALF_VIEW = Math.PI / 6;
const RADIAN = Math.PI / 180;

/** A polygon: its rings in degrees, on the unit sphere for the globe and on the ellipsoid for the map, and its boundary. */
export class Area {
  readonly rings: [number, number][][];
  readonly boundary: Line;
  readonly west: number;
  readonly east: number;
  private readonly sphere: [number, number][][];

  constructor(rings: [number, number][][], boundary: Line) {
    this.rings = rings.map(onMap);
    this.boundary = boundary;
    const longitudes = (this.rings[0] ?? []).map(([longitude]) => longitude);
    this.west = longitudes.reduce((one, other) => Math.min(one, other), Infinity);
    this.east = longitudes.reduce((one, other) => Math.max(one, other), -Infinity);
    this.sphere = rings.map((ring) => ring.map(([longitude, latitude]) => [longitude, parametric(latitude)]));
  }

  /** An area given by its outline, walked either way, perhaps over the edge of the map. */
  static ofPoints(points: readonly Point[]): Area {
    return Area.ofRings([points.map((point) => [point.longitude_deg, point.latitude_deg])]);
  }

  /** A polygon of a file: edges are straight on the map; which way its rings are walked does not matter. */
  static ofRings(given: readonly (readonly [number, number])[][]): Area {
    const rings = given.map((ring) => dense(onMap(ring)));
    const made = new Area(rings, Line.ofDegrees((rings[0] ?? []).flat()));
    for (const [index, ring] of made.sphere.entries()) {
      const whole = geoArea({ type: "Polygon", coordinates: [ring] }) > 2 * Math.PI;
      if (whole === (index === 0)) ring.reverse();
    }
    return made;
  }

  get onSphere(): GeoPermissibleObjects {
    return { type: "Polygon", coordinates: this.sphere };
  }
}

/** A ring without a jump between neighbours; one that goes around a pole is closed along the edge of the map. */
function onMap(ring: readonly (readonly [number, number])[]): [number, number][] {
  let turn = 0;
  const found = ring.map(([longitude, latitude], index): [number, number] => {
    const step = longitude - (ring[index - 1]?.[0] ?? longitude);
    if (step > 180) turn -= 360;
    else if (step < -180) turn += 360;
    return [longitude + turn, latitude];
  });
  const [[first, latitude], [last]] = [found[0] ?? [0, 0], found[found.length - 1] ?? [0, 0]];
  if (Math.abs(last - first) < 180) return found;
  const pole = latitude < 0 ? -90 : 90;
  return [...found, [last, pole], [first, pole]];
}

/** A ring with a point at each degree at least. */
function dense(ring: readonly [number, number][]): [number, number][] {
  return ring.flatMap(([x, y], index): [number, number][] => {
    const [nextX, nextY] = ring[index + 1] ?? [x, y];
    const parts = Math.max(1, Math.ceil(Math.hypot(nextX - x, nextY - y)));
    return Array.from({ length: parts }, (_, part) => [x + ((nextX - x) * part) / parts, y + ((nextY - y) * part) / parts]);
  });
}

export interface Projection {
  /** Degrees that a pixel spans in the middle. */
  readonly degreesPerPixel: number;
  /** Where a place is on the canvas; null if it is hidden or not in view. */
  spot: (at: Vector) => [number, number] | null;
  /** Whether a part of a line may be in view. */
  sees: (line: Line) => boolean;
  /** Add a line to the path; points nearer to each other than the least distance in pixels are drawn as one. */
  line: (path: CanvasRenderingContext2D, line: Line, least?: number) => void;
  area: (path: CanvasRenderingContext2D, area: Area) => void;
  /** Longitude and latitude under a point of the canvas; null off the earth. */
  place: (x: number, y: number) => [number, number] | null;
  /** Radius in pixels of the disc of the earth; null for a map. */
  readonly disc: number | null;
}

export function projectionOf(mode: Mode, camera: Camera, width: number, height: number): Projection {
  return mode === "globe" ? new GlobeProjection(camera, width, height) : new MapProjection(camera, width, height);
}

class GlobeProjection implements Projection {
  readonly degreesPerPixel: number;
  readonly disc: number;
  private readonly camera: Vector;
  private readonly distance: number;
  private readonly down: Vector;
  private readonly east: Vector;
  private readonly north: Vector;
  private readonly focus: number;
  private readonly reach: number;
  private readonly tangent: number;
  private readonly sphere: ReturnType<typeof geoProjection>;
  private readonly width: number;
  private readonly height: number;

  constructor([longitude, latitude, heightM]: Camera, width: number, height: number) {
    this.width = width;
    this.height = height;
    const under = vectorOf(longitude, latitude);
    this.camera = under.map((each) => each * (1 + heightM / EQUATOR_M)) as Vector;
    this.distance = Math.hypot(...this.camera);
    const [x, y, z] = this.camera;
    this.down = [x / this.distance, y / this.distance, z / this.distance];
    const across = Math.hypot(this.down[0], this.down[1]);
    const [sine, cosine] = across > 0
      ? [this.down[1] / across, this.down[0] / across] : [Math.sin(longitude * RADIAN), Math.cos(longitude * RADIAN)];
    this.east = [-sine, cosine, 0];
    this.north = [-this.down[2] * cosine, -this.down[2] * sine, across];
    this.focus = Math.max(width, height) / 2 / Math.tan(HALF_VIEW);
    this.tangent = 1 / Math.sqrt(this.distance ** 2 - 1);
    this.disc = this.focus * this.tangent;
    this.degreesPerPixel = (this.distance - 1) / this.focus / RADIAN;
    this.reach = this.angleSeen(Math.hypot(width, height) / 2);
    this.sphere = this.forAreas();
  }

  /** Angle from the middle that is seen so many pixels from it; the horizon beyond the disc. */
  private angleSeen(pixels: number): number {
    const horizon = Math.acos(1 / this.distance);
    const slope = pixels / this.focus;
    return slope >= this.tangent ? horizon : Math.asin(this.distance * Math.sin(Math.atan(slope))) - Math.atan(slope);
  }

  private forAreas(): ReturnType<typeof geoProjection> {
    const { distance } = this;
    const raw = (longitude: number, latitude: number): [number, number] => {
      const factor = 1 / (distance - Math.cos(latitude) * Math.cos(longitude));
      return [factor * Math.cos(latitude) * Math.sin(longitude), factor * Math.sin(latitude)];
    };
    const [longitude, latitude] = [Math.atan2(this.down[1], this.down[0]) / RADIAN, Math.asin(this.down[2]) / RADIAN];
    return geoProjection(raw).rotate([-longitude, -latitude]).scale(this.focus).translate([this.width / 2, this.height / 2])
      .clipAngle(Math.acos(1 / distance) / RADIAN - 1e-4).precision(0);
  }

  spot([x, y, z]: Vector): [number, number] | null {
    const { down, east, north, distance, tangent } = this;
    const height = x * down[0] + y * down[1] + z * down[2];
    const depth = distance - height;
    if (depth <= 0) return null;
    const right = (x * east[0] + y * east[1]) / depth;
    const up = (x * north[0] + y * north[1] + z * north[2]) / depth;
    if (height * distance < 1 && right * right + up * up < tangent * tangent) return null;
    return [this.width / 2 + this.focus * right, this.height / 2 - this.focus * up];
  }

  sees(line: Line): boolean {
    const [x, y, z] = line.middle;
    const cosine = x * this.down[0] + y * this.down[1] + z * this.down[2];
    return Math.acos(Math.max(-1, Math.min(1, cosine))) <= this.reach + line.radius;
  }

  line(path: CanvasRenderingContext2D, line: Line, least = 0): void {
    const { vectors, length } = line;
    const { down, east, north, distance, focus } = this;
    const [middleX, middleY, hidden] = [this.width / 2, this.height / 2, this.tangent ** 2];
    let pen = false;
    let [formerX, formerY] = [0, 0];
    for (let index = 0; index < length; index += 1) {
      const [x, y, z] = [vectors[3 * index] ?? 0, vectors[3 * index + 1] ?? 0, vectors[3 * index + 2] ?? 0];
      const height = x * down[0] + y * down[1] + z * down[2];
      const depth = distance - height;
      const right = (x * east[0] + y * east[1]) / depth;
      const up = (x * north[0] + y * north[1] + z * north[2]) / depth;
      if (depth <= 0 || (height * distance < 1 && right * right + up * up < hidden)) {
        pen = false;
        continue;
      }
      const [atX, atY] = [middleX + focus * right, middleY - focus * up];
      if (!pen) path.moveTo(atX, atY);
      else if (index < length - 1 && Math.abs(atX - formerX) + Math.abs(atY - formerY) < least) continue;
      else path.lineTo(atX, atY);
      [pen, formerX, formerY] = [true, atX, atY];
    }
  }

  area(path: CanvasRenderingContext2D, area: Area): void {
    geoPath(this.sphere, path)(area.onSphere);
  }

  place(x: number, y: number): [number, number] | null {
    const right = (x - this.width / 2) / this.focus;
    const up = (this.height / 2 - y) / this.focus;
    const ray: Vector = [0, 1, 2].map((axis) =>
      right * (this.east[axis] ?? 0) + up * (this.north[axis] ?? 0) - (this.down[axis] ?? 0)) as Vector;
    const square = ray[0] ** 2 + ray[1] ** 2 + ray[2] ** 2;
    const half = ray[0] * this.camera[0] + ray[1] * this.camera[1] + ray[2] * this.camera[2];
    const inside = half * half - square * (this.distance ** 2 - 1);
    if (inside < 0) return null;
    const along = (-half - Math.sqrt(inside)) / square;
    return placeOf([this.camera[0] + along * ray[0], this.camera[1] + along * ray[1], this.camera[2] + along * ray[2]]);
  }
}

class MapProjection implements Projection {
  readonly degreesPerPixel: number;
  readonly disc = null;
  private readonly longitude: number;
  private readonly latitude: number;
  private readonly width: number;
  private readonly height: number;

  constructor([longitude, latitude, widthM]: Camera, width: number, height: number) {
    this.longitude = longitude;
    this.latitude = latitude;
    this.width = width;
    this.height = height;
    this.degreesPerPixel = widthM / EQUATOR_M / RADIAN / width;
  }

  /** How many degrees to add to a longitude so that it comes nearest to the middle. */
  private turn(longitude: number): number {
    return 360 * Math.round((this.longitude - longitude) / 360);
  }

  private x(longitude: number): number {
    return this.width / 2 + (longitude - this.longitude) / this.degreesPerPixel;
  }

  private y(latitude: number): number {
    return this.height / 2 - (latitude - this.latitude) / this.degreesPerPixel;
  }

  spot(at: Vector): [number, number] | null {
    const [longitude, latitude] = placeOf(at);
    const [x, y] = [this.x(longitude + this.turn(longitude)), this.y(latitude)];
    const edge = 40;
    return x < -edge || y < -edge || x > this.width + edge || y > this.height + edge ? null : [x, y];
  }

  sees(line: Line): boolean {
    const half = (line.radius / RADIAN) * 1.01;
    const [longitude, latitude] = placeOf(line.middle);
    const up = (this.height / 2) * this.degreesPerPixel;
    if (Math.abs(latitude - this.latitude) > up + half) return false;
    const highest = Math.abs(latitude) + half;
    if (highest >= 89) return true;
    const wide = Math.asin(Math.min(1, Math.sin(half * RADIAN) / Math.cos(latitude * RADIAN))) / RADIAN;
    const apart = Math.abs(longitude + this.turn(longitude) - this.longitude);
    return half >= 90 || apart <= (this.width / 2) * this.degreesPerPixel + wide * 1.01;
  }

  line(path: CanvasRenderingContext2D, line: Line, least = 0): void {
    const { degrees, length } = line;
    let turn = this.turn(degrees[0] ?? 0);
    let [formerX, formerY, former] = [0, 0, degrees[0] ?? 0];
    for (let index = 0; index < length; index += 1) {
      const longitude = degrees[2 * index] ?? 0;
      if (longitude - former > 180) turn -= 360;
      else if (longitude - former < -180) turn += 360;
      former = longitude;
      const [x, y] = [this.x(longitude + turn), this.y(degrees[2 * index + 1] ?? 0)];
      if (index === 0) path.moveTo(x, y);
      else if (index < length - 1 && Math.abs(x - formerX) + Math.abs(y - formerY) < least) continue;
      else path.lineTo(x, y);
      [formerX, formerY] = [x, y];
    }
  }

  area(path: CanvasRenderingContext2D, area: Area): void {
    const half = (this.width / 2) * this.degreesPerPixel;
    for (const turn of [-360, 0, 360]) {
      if (area.east + turn < this.longitude - half || area.west + turn > this.longitude + half) continue;
      for (const ring of area.rings) {
        for (const [index, [longitude, latitude]] of ring.entries()) {
          if (index === 0) path.moveTo(this.x(longitude + turn), this.y(latitude));
          else path.lineTo(this.x(longitude + turn), this.y(latitude));
        }
        path.closePath();
      }
    }
  }

  place(x: number, y: number): [number, number] | null {
    const longitude = this.longitude + (x - this.width / 2) * this.degreesPerPixel;
    const latitude = this.latitude - (y - this.height / 2) * this.degreesPerPixel;
    return Math.abs(latitude) > 90 ? null : [((((longitude + 180) % 360) + 360) % 360) - 180, latitude];
  }
}
