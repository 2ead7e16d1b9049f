import { describe, expect, it } from "vitest";
import { INITIAL, readView, writeView } from "../../src/urlstate";

describe("the address", () => {
  it("is empty for the view at the start", () => {
    expect(writeView(INITIAL)).toBe("");
    expect(readView("")).toEqual(INITIAL);
  });

  it("brings back every part of a view", () => {
    const view = {
      ...INITIAL, mode: "map" as const, theme: "dark" as const, phase: "2018", threat: "mrbm-2000", as: "bravo", tab: "plan" as const,
      selected: "track:3", layers: ["assets" as const, "tracks" as const], camera: [5.25, -71, 3_000_000] as [number, number, number],
    };
    expect(readView(writeView(view))).toEqual(view);
  });

  it("says that no layer is shown, which is not the same as nothing said", () => {
    expect(readView(writeView({ ...INITIAL, layers: [] })).layers).toEqual([]);
  });

  it.each(["#view=cube", "#tab=nothing", "#camera=1,2", "#camera=1,95,1000", "#camera=a,b,c", "#theme=pink", "#layers=secret,assets"])(
    "takes what it does not understand as at the start: %s", (hash) => {
      const view = readView(hash);
      expect(view).toEqual({ ...INITIAL, layers: hash.startsWith("#layers") ? ["assets"] : INITIAL.layers });
    });
});
