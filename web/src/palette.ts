/** Colours of report/palette.py, which a test there holds apart for every kind of colour blindness. */

export const SKY_BLUE = "#56b4e9";
export const GREEN = "#009e73";
export const YELLOW = "#f0e442";
export const BLUE = "#0072b2";
export const VERMILION = "#d55e00";
export const PINK = "#e0a8c0";
export const VIOLET = "#9b30d9";
export const KEPT = "#9fb6c6";

export const DEFENDED = BLUE;
export const DANGER = VERMILION;
export const ANNOUNCED = YELLOW;
export const SENSOR = GREEN;

const OWNERS = [SKY_BLUE, YELLOW, GREEN, PINK, "#e8a35c", KEPT, "#a8f0a8", VIOLET] as const;

/** Owners of things, those who own most first. */
export function byNumber(owned: readonly { owner: string }[]): string[] {
  const counts = new Map<string, number>();
  for (const { owner } of owned) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return [...counts].sort(([one, many], [other, more]) => more - many || one.localeCompare(other)).map(([owner]) => owner);
}

/** A colour for each owner, by its place in the list; more owners than colours share them. */
export function ownerColour(owners: readonly string[], owner: string): string {
  const place = Math.max(0, owners.indexOf(owner));
  return OWNERS[place % OWNERS.length] ?? KEPT;
}
