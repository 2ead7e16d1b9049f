/** Numbers, times and places as people read them. */

const MINUS = "\u2212";

/** Seconds as 12:05, or −0:30 when it lies in the past; hours are shown from one hour on. */
export function countdown(seconds: number): string {
  const whole = Math.abs(Math.trunc(seconds));
  const sign = seconds < 0 && whole > 0 ? MINUS : "";
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${sign}${hours}:${two(minutes)}:${two(whole % 60)}` : `${sign}${minutes}:${two(whole % 60)}`;
}

/** 2026-06-15T12:01:40.000000Z as 12:01:40, UTC. */
export function clockTime(instant: string | undefined | null): string {
  return instant ? instant.slice(11, 19) : "";
}

/** 2026-06-15T12:01:40.000000Z as 2026-06-15 12:01:40. */
export function dayAndTime(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 19)}`;
}

/** 71.04, 5.17 as 71.04° N 5.17° E. */
export function place(latitude: number, longitude: number): string {
  const side = (value: number, plus: string, minus: string): string =>
    `${Math.abs(value).toFixed(2)}°\u00a0${value < 0 ? minus : plus}`;
  return `${side(latitude, "N", "S")} ${side(longitude, "E", "W")}`;
}

/** Metres as kilometres; below ten with one digit after the point. */
export function kilometres(metres: number): string {
  const value = metres / 1000;
  return `${value.toFixed(Math.abs(value) < 10 ? 1 : 0).replace(/\B(?=(\d{3})+(?!\d))/g, ",")}\u00a0km`;
}

/** engagement-claim as Engagement claim. */
export function words(name: string): string {
  const spaced = name.replace(/[-_]/g, " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Milliseconds since the epoch of an instant. */
export function instantMs(instant: string): number {
  return Date.parse(instant);
}
