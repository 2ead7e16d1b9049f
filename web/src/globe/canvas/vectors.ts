/**
 * Places as the canvas has them: earth-centred, each axis in units of its own radius, so that the ellipsoid is the unit sphere.
 * Lines of sight stay lines, and what hides what stays true. Coordinates only, no flight.
 */

import type { Point } from "../geometry";

export const EQUATOR_M = 6_378_137;
export const POLE_M = 6_356_752.314245;
/** Square of the first eccentricity, and of the second. */
const FIRST = 1 - (POLE_M / EQUATOR_M) ** 2;
const SECOND = (EQUATOR_M / POLE_M) ** 2 - 1;
const RADIAN = Math.PI / 180;

export type Vector = [number, number, number];

/** Earth-centred metres in units of the radii. */
export const scaled = ([x, y, z]: readonly [number, number, number]): Vector => [x / EQUATOR_M, y / EQUATOR_M, z / POLE_M];

/** A place of the map, some metres above the ellipsoid. */
export function vectorOf(longitudeDeg: number, latitudeDeg: number, heightM = 0): Vector {
  const latitude = latitudeDeg * RADIAN;
  const longitude = longitudeDeg * RADIAN;
  const sine = Math.sin(latitude);
  const normal = EQUATOR_M / Math.sqrt(1 - FIRST * sine * sine);
  const across = (normal + heightM) * Math.cos(latitude);
  return scaled([across * Math.cos(longitude), across * Math.sin(longitude), ((1 - FIRST) * normal + heightM) * sine]);
}

/** Longitude and latitude in degrees under a place, by Bowring's first step: true to a millionth of a degree below 40,000 km. */
export function placeOf([x, y, z]: readonly [number, number, number]): [number, number] {
  const across = Math.hypot(x, y) * EQUATOR_M;
  const along = z * POLE_M;
  const parametric = Math.atan2(along * EQUATOR_M, across * POLE_M);
  const latitude = Math.atan2(
    along + SECOND * POLE_M * Math.sin(parametric) ** 3, across - FIRST * EQUATOR_M * Math.cos(parametric) ** 3);
  return [Math.atan2(y, x) / RADIAN, latitude / RADIAN];
}

/** Latitude on the unit sphere that stands for one on the ellipsoid; degrees. */
export const parametric = (latitudeDeg: number): number =>
  Math.abs(latitudeDeg) >= 90 ? latitudeDeg : Math.atan((POLE_M / EQUATOR_M) * Math.tan(latitudeDeg * RADIAN)) / RADIAN;

/** A line to draw: vectors and degrees of each point, and a cap of the sphere that holds it. */
export class Line {
  readonly vectors: Float64Array;
  readonly length: number;
  readonly middle: Vector;
  /** Angle in radians from the middle to the point farthest from it. */
  readonly radius: number;
  private known: Float64Array | null;

  constructor(vectors: Float64Array, degrees: Float64Array | null = null) {
    this.vectors = vectors;
    this.known = degrees;
    this.length = vectors.length / 3;
    [this.middle, this.radius] = capOf(vectors);
  }

  /** Longitude and latitude of each point; found when first asked for. */
  get degrees(): Float64Array {
    if (this.known) return this.known;
    const found = new Float64Array(this.length * 2);
    for (let index = 0; index < this.length; index += 1) {
      const { vectors } = this;
      found.set(placeOf([vectors[3 * index] ?? 0, vectors[3 * index + 1] ?? 0, vectors[3 * index + 2] ?? 0]), 2 * index);
    }
    this.known = found;
    return found;
  }

  /** A line of degrees, longitude first. */
  static ofDegrees(degrees: ArrayLike<number>): Line {
    const vectors = new Float64Array((degrees.length / 2) * 3);
    for (let index = 0; index * 2 < degrees.length; index += 1) {
      vectors.set(vectorOf(degrees[2 * index] ?? 0, degrees[2 * index + 1] ?? 0), 3 * index);
    }
    return new Line(vectors, Float64Array.from(degrees));
  }

  static ofPoints(points: readonly Point[]): Line {
    return Line.ofDegrees(points.flatMap((point) => [point.longitude_deg, point.latitude_deg]));
  }

  /** A line through positions in earth-centred metres. */
  static ofPositions(positions: readonly (readonly [number, number, number])[]): Line {
    const vectors = new Float64Array(positions.length * 3);
    for (const [index, position] of positions.entries()) vectors.set(scaled(position), 3 * index);
    return new Line(vectors);
  }
}

function capOf(vectors: Float64Array): [Vector, number] {
  const sum: Vector = [0, 0, 0];
  for (let index = 0; index < vectors.length; index += 3) {
    sum[0] += vectors[index] ?? 0;
    sum[1] += vectors[index + 1] ?? 0;
    sum[2] += vectors[index + 2] ?? 0;
  }
  const length = Math.hypot(...sum) || 1;
  const middle: Vector = [sum[0] / length, sum[1] / length, sum[2] / length];
  let least = 1;
  for (let index = 0; index < vectors.length; index += 3) {
    const [x, y, z] = [vectors[index] ?? 0, vectors[index + 1] ?? 0, vectors[index + 2] ?? 0];
    least = Math.min(least, (x * middle[0] + y * middle[1] + z * middle[2]) / (Math.sqrt(x * x + y * y + z * z) || 1));
  }
  return [middle, Math.acos(Math.max(-1, Math.min(1, least)))];
}
