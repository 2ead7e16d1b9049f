/** Outlines on the ground: circles, sectors and ellipses around a point. Drawing only, no flight. */

const RADIUS_M = 6_371_008.8;
const LINES = 72;
/** Half-axes of the ellipse that holds 95 %: the square root of -2 ln 0.05. */
export const NINETY_FIVE = Math.sqrt(-2 * Math.log(0.05));

export interface Point {
  latitude_deg: number;
  longitude_deg: number;
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const degrees = (angle: number): number => (angle * 180) / Math.PI;

/** The point at a bearing and distance on a sphere; good to 0.5 % of the distance, enough to draw. */
export function destination(from: Point, azimuth: number, distance: number): Point {
  const arc = distance / RADIUS_M;
  const latitude = radians(from.latitude_deg);
  const sine = Math.sin(latitude) * Math.cos(arc) + Math.cos(latitude) * Math.sin(arc) * Math.cos(azimuth);
  const turned = Math.atan2(
    Math.sin(azimuth) * Math.sin(arc) * Math.cos(latitude),
    Math.cos(arc) - Math.sin(latitude) * sine,
  );
  const longitude = ((from.longitude_deg + degrees(turned) + 540) % 360) - 180;
  return { latitude_deg: degrees(Math.asin(sine)), longitude_deg: longitude };
}

/** Closed outline of a circle, radius in metres. */
export function circle(centre: Point, radius: number): Point[] {
  return Array.from({ length: LINES + 1 }, (_, index) => destination(centre, (2 * Math.PI * index) / LINES, radius));
}

/** Closed outline of a sector around an azimuth; the whole circle from 360 degrees on. */
export function sector(centre: Point, radius: number, azimuthDeg: number, widthDeg: number): Point[] {
  if (widthDeg >= 360) return circle(centre, radius);
  const first = radians(azimuthDeg - widthDeg / 2);
  const arc = Array.from({ length: LINES + 1 }, (_, index) =>
    destination(centre, first + (radians(widthDeg) * index) / LINES, radius));
  return [centre, ...arc, centre];
}

/** Half-axes in metres and azimuth of the long one, of a covariance east-east, east-north, north-north. */
export function halfAxes(covariance: readonly [number, number, number]): { long: number; short: number; azimuth: number } {
  const [east, mixed, north] = covariance;
  const middle = (east + north) / 2;
  const apart = Math.hypot((east - north) / 2, mixed);
  const azimuth = Math.PI / 2 - Math.atan2(2 * mixed, east - north) / 2;
  return {
    long: NINETY_FIVE * Math.sqrt(middle + apart),
    short: NINETY_FIVE * Math.sqrt(Math.max(0, middle - apart)),
    azimuth,
  };
}

/** Closed outline of the ellipse that holds 95 % of a covariance. */
export function ellipse(centre: Point, covariance: readonly [number, number, number]): Point[] {
  const { long, short, azimuth } = halfAxes(covariance);
  return Array.from({ length: LINES / 2 + 1 }, (_, index) => {
    const turn = (4 * Math.PI * index) / LINES;
    const along = long * Math.cos(turn);
    const across = short * Math.sin(turn);
    return destination(centre, azimuth + Math.atan2(across, along), Math.hypot(along, across));
  });
}
