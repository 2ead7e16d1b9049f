/** Symbols of APP-6 and MIL-STD-2525, drawn once for each kind and colour. */

import ms from "milsymbol";
import type { AssetKind } from "../types";

const CODES: Record<AssetKind | "object", string> = {
  radar: "SFGPESR---",
  battery: "SFGPEWMS--",
  ship: "SFSPCLCC--",
  satellite: "SFPPS-----",
  centre: "SFGPUH----",
  object: "SUAPWMSS--",
};

const drawn = new Map<string, HTMLCanvasElement>();

/** Symbol of an asset in the colour of its owner, or of an observed object, as a canvas. */
export function symbol(kind: AssetKind | "object", colour: string): HTMLCanvasElement {
  const key = `${kind} ${colour}`;
  const known = drawn.get(key);
  if (known) return known;
  const made = new ms.Symbol(CODES[kind], {
    size: kind === "object" ? 20 : 18,
    colorMode: { Friend: colour, Unknown: colour, Neutral: colour, Hostile: colour, Civilian: colour, Suspect: colour },
    outlineWidth: 2,
    outlineColor: "rgba(255,255,255,0.8)",
  }).asCanvas(2);
  drawn.set(key, made);
  return made;
}
