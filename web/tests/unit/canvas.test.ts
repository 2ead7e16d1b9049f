import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shapesOfGeojson } from "../../src/globe/canvas/files";
import { dragged, zoomed } from "../../src/globe/canvas/hands";
import { Area, type Projection, projectionOf } from "../../src/globe/canvas/projection";
import { EQUATOR_M, Line, parametric, placeOf, POLE_M, scaled, vectorOf } from "../../src/globe/canvas/vectors";
import { isSoftware, nudged, type Camera } from "../../src/globe/ground";
import { arcsOf, polygonsOf, thinned, type Topology } from "../../src/globe/topology";

const SIZE = [800, 600] as const;
const RADIAN = Math.PI / 180;

/** A path that writes down where it goes, one list for each line. */
function recording(): { path: CanvasRenderingContext2D; lines: [number, number][][] } {
  const lines: [number, number][][] = [];
  const path = {
    moveTo: (x: number, y: number) => { lines.push([[x, y]]); },
    lineTo: (x: number, y: number) => { lines[lines.length - 1]?.push([x, y]); },
    closePath: () => undefined,
    arc: () => undefined,
  };
  return { path: path as unknown as CanvasRenderingContext2D, lines };
}

/** Area of what a path encloses, pixels, by the shoelace formula. */
function enclosed(projection: Projection, area: Area): number {
  const { path, lines } = recording();
  projection.area(path, area);
  return Math.abs(lines.reduce((sum, line) => sum + line.reduce((part, [x, y], index) => {
    const [nextX, nextY] = line[(index + 1) % line.length] ?? [0, 0];
    return part + (x * nextY - nextX * y) / 2;
  }, 0), 0));
}

const square = (west: number, south: number, east: number, north: number): Area =>
  Area.ofRings([[[west, south], [east, south], [east, north], [west, north], [west, south]]]);

describe("places on the canvas", () => {
  it("takes the equator and the poles of WGS 84 to the unit sphere", () => {
    expect(scaled([EQUATOR_M, 0, 0])).toEqual([1, 0, 0]);
    expect(scaled([0, 0, POLE_M])).toEqual([0, 0, 1]);
    for (const latitude of [-75, 10, 45, 89]) expect(Math.hypot(...vectorOf(30, latitude))).toBeCloseTo(1, 12);
  });

  it("finds the longitude of the worked example of Ordnance Survey, 1 43 4.5177 E", () => {
    // A guide to coordinate systems in Great Britain, annexe B. Its ellipsoid is another, which does not matter to the longitude.
    const [longitude] = placeOf(scaled([3_874_938.849, 116_218.624, 5_047_168.208]));
    expect(longitude).toBeCloseTo(1 + 43 / 60 + 4.5177 / 3600, 6);
  });

  it.each([0, 100_000, 1_000_000, 36_000_000])("finds the place again under %d m", (height) => {
    for (const latitude of [-89, -45, 0, 23, 67]) {
      const [longitude, found] = placeOf(vectorOf(-120, latitude, height));
      expect(longitude).toBeCloseTo(-120, 9);
      expect(found).toBeCloseTo(latitude, 5);
    }
  });

  it("has the parametric latitude of 45 degrees a tenth of a degree lower: tan is b/a", () => {
    expect(Math.tan(parametric(45) * RADIAN)).toBeCloseTo(POLE_M / EQUATOR_M, 12);
    expect(parametric(90)).toBe(90);
  });

  it("holds every point of a line within its cap", () => {
    const line = Line.ofDegrees([0, 0, 10, 0]);
    expect(line.radius).toBeCloseTo(5 * RADIAN, 9);
    expect(placeOf(line.middle)[0]).toBeCloseTo(5, 9);
  });
});

describe.each(["globe", "map"] as const)("the projection of a %s", (mode) => {
  const camera: Camera = [20, 40, 3_000_000];
  const projection = projectionOf(mode, camera, ...SIZE);

  it("has what the camera looks at in the middle, north up and east to the right", () => {
    const [x, y] = projection.spot(vectorOf(20, 40)) ?? [0, 0];
    expect(x).toBeCloseTo(400, 6);
    expect(y).toBeCloseTo(300, 6);
    expect(projection.spot(vectorOf(20, 41))?.[1]).toBeLessThan(y);
    expect(projection.spot(vectorOf(21, 40))?.[0]).toBeGreaterThan(x);
  });

  it("finds the place under a pixel where the place is drawn", () => {
    for (const [longitude, latitude] of [[20, 40], [25, 43], [14, 33]] as const) {
      const [x, y] = projection.spot(vectorOf(longitude, latitude)) ?? [0, 0];
      const found = projection.place(x, y);
      expect(found?.[0]).toBeCloseTo(longitude, 4);
      expect(found?.[1]).toBeCloseTo(latitude, 4);
    }
  });

  it("draws a line through the same pixels as its points", () => {
    const { path, lines } = recording();
    projection.line(path, Line.ofDegrees([18, 39, 20, 40, 22, 41]));
    expect(lines).toHaveLength(1);
    for (const [index, [longitude, latitude]] of ([[18, 39], [20, 40], [22, 41]] as const).entries()) {
      const [x, y] = projection.spot(vectorOf(longitude, latitude)) ?? [0, 0];
      expect(lines[0]?.[index]?.[0]).toBeCloseTo(x, 4);
      expect(lines[0]?.[index]?.[1]).toBeCloseTo(y, 4);
    }
  });

  it("fills an area as large as its corners say, whichever way it is walked", () => {
    const corners = [[19, 39], [21, 39], [21, 41], [19, 41]] as const;
    const spots = corners.map(([longitude, latitude]) => projection.spot(vectorOf(longitude, latitude)) ?? [0, 0]);
    const expected = Math.abs(spots.reduce((sum, [x = 0, y = 0], index) => {
      const [nextX = 0, nextY = 0] = spots[(index + 1) % 4] ?? [];
      return sum + (x * nextY - nextX * y) / 2;
    }, 0));
    for (const area of [square(19, 39, 21, 41), Area.ofPoints([...corners, corners[0]].reverse().map(([longitude_deg, latitude_deg]) =>
      ({ longitude_deg, latitude_deg })))]) {
      expect(enclosed(projection, area) / expected).toBeCloseTo(1, 2);
    }
  });

  it("sees what is in view and not what is far away", () => {
    expect(projection.sees(Line.ofDegrees([19, 39, 21, 41]))).toBe(true);
    expect(projection.sees(Line.ofDegrees([-140, -39, -141, -41]))).toBe(false);
  });
});

describe("the globe", () => {
  const camera: Camera = [0, 0, EQUATOR_M];
  const globe = projectionOf("globe", camera, ...SIZE);

  it("hides what lies behind the horizon, which is 60 degrees away from one radius above", () => {
    expect(globe.spot(vectorOf(59.9, 0))).not.toBeNull();
    expect(globe.spot(vectorOf(60.1, 0))).toBeNull();
    expect(globe.spot(vectorOf(180, 0))).toBeNull();
    // High enough it stands above the limb: behind the earth the shadow of the view has an edge.
    expect(globe.spot(vectorOf(90, 0, 2 * EQUATOR_M))).not.toBeNull();
  });

  it("draws a disc as large as the tangent from two radii: sin 30 degrees, at half a view of 30 degrees the whole width", () => {
    expect(globe.disc).toBeCloseTo(400, 9);
    expect(globe.place(799.9, 300)).not.toBeNull();
    expect(globe.place(800.1, 300)).toBeNull();
  });

  it("breaks a line at the horizon, and leaves out points too near to each other", () => {
    const around = Line.ofDegrees(Array.from({ length: 361 }, (_, at) => [at - 180, 0]).flat());
    const { path, lines } = recording();
    globe.line(path, around);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.length).toBeGreaterThan(115);
    expect(lines[0]?.length).toBeLessThan(122);
    const coarse = recording();
    globe.line(coarse.path, around, 50);
    expect(coarse.lines[0]?.length).toBeLessThan(20);
  });
});

describe("the map", () => {
  const map = projectionOf("map", [179, 0, 4_000_000], ...SIZE);

  it("goes on over its edge", () => {
    const [east] = map.spot(vectorOf(178, 0)) ?? [0];
    const [west] = map.spot(vectorOf(-179, 0)) ?? [0];
    expect(west - east).toBeCloseTo(3 / map.degreesPerPixel, 6);
    const { path, lines } = recording();
    map.line(path, Line.ofDegrees([178, 0, -178, 0]));
    expect((lines[0]?.[1]?.[0] ?? 0) - (lines[0]?.[0]?.[0] ?? 0)).toBeCloseTo(4 / map.degreesPerPixel, 6);
  });

  it("fills an area over the edge once, not around the world", () => {
    const area = Area.ofRings([[[178, -1], [-178, -1], [-178, 1], [178, 1], [178, -1]]]);
    expect(enclosed(map, area) * map.degreesPerPixel ** 2).toBeCloseTo(8, 6);
  });

  it("closes a ring around the pole along the edge", () => {
    const ring = [...Array.from({ length: 36 }, (_, at): [number, number] => [at * 10 - 180, -60]), [-180, -60] as [number, number]];
    const [drawn] = new Area([ring], Line.ofDegrees(ring.flat())).rings;
    expect(drawn?.slice(-2)).toEqual([[180, -90], [-180, -90]]);
  });
});

describe("land", () => {
  const topology: Topology = {
    arcs: [[[0, 0], [10, 0], [0, 10]], [[10, 10], [-10, 0], [0, -10]]],
    transform: { scale: [1, 1], translate: [0, 0] },
    objects: { land: { geometries: [{ type: "MultiPolygon", arcs: [[[0, 1]]] }, { type: "MultiPolygon", arcs: [[[-2, -1]]] }] } },
  };

  it("puts rings together from arcs, walked either way", () => {
    const [[ring] = [], [turned] = []] = polygonsOf(topology, "land", arcsOf(topology));
    expect(ring).toEqual([0, 0, 10, 0, 10, 10, 0, 10, 0, 0]);
    expect(turned).toEqual([0, 0, 0, 10, 10, 10, 10, 0, 0, 0]);
  });

  it("leaves out points closer than a tolerance, and keeps both ends", () => {
    expect(thinned([0, 0, 0.1, 0, 1, 0, 1.05, 0], 0.5)).toEqual([0, 0, 1, 0, 1.05, 0]);
  });

  it("covers 29 of 100 parts of the sphere, as the land of the earth does", () => {
    const file = readFileSync(new URL("../../../src/synaspis/data/natural_earth/countries-50m.json", import.meta.url), "utf8");
    const land = JSON.parse(file) as Topology;
    const arcs = arcsOf(land).map((arc) => thinned(arc, 0.15));
    const whole = polygonsOf(land, "land", arcs).filter((rings) => (rings[0]?.length ?? 0) >= 8).map((rings) =>
      new Area(rings.map((ring) => Array.from({ length: ring.length / 2 }, (_, at) => [ring[2 * at] ?? 0, ring[2 * at + 1] ?? 0])), Line.ofDegrees(rings[0] ?? [])));
    // On a map with equal degrees, each strip weighed by the cosine of its latitude: the integral of cos over the ring, by Green.
    const weighed = whole.reduce((sum, area) => sum + area.rings.reduce((part, ring) => part + ring.reduce((inner, [x, y], index) => {
      const [nextX, nextY] = ring[(index + 1) % ring.length] ?? [0, 0];
      return inner - ((nextX - x) * RADIAN * (Math.sin(y * RADIAN) + Math.sin(nextY * RADIAN))) / 2;
    }, 0), 0), 0);
    expect(Math.abs(weighed) / (4 * Math.PI)).toBeGreaterThan(0.28);
    expect(Math.abs(weighed) / (4 * Math.PI)).toBeLessThan(0.3);
  });
});

describe("hands", () => {
  it("drags the ground with the hand: to the right is to the west", () => {
    const [longitude, latitude, height] = dragged([0, 60, 1e6], 10, 20, 0.1);
    expect(longitude).toBeCloseTo(-2, 9);
    expect(latitude).toBeCloseTo(62, 9);
    expect(height).toBe(1e6);
    expect(dragged([179.5, 0, 1e6], -10, 0, 0.1)[0]).toBeCloseTo(-179.5, 9);
  });

  it("brings nearer, and leaves what is under the pointer there", () => {
    expect(zoomed([10, 0, 1e6], 0.5, 100, 0, 0.01)).toEqual([10.5, 0, 5e5]);
    expect(zoomed([10, 0, 1e6], 1e-9, 0, 0, 0.01)[2]).toBe(20_000);
  });

  it("moves a step for each arrow, and not for other keys", () => {
    expect(nudged([179, 0, 3e6], "ArrowRight")?.[0]).toBeCloseTo(-171, 9);
    expect(nudged([0, 85, 3e6], "ArrowUp")?.[1]).toBe(89);
    expect(nudged([0, 0, 1.4e6], "+")?.[2]).toBeCloseTo(1e6, 6);
    expect(nudged([0, 0, 1], "a")).toBeNull();
  });
});

describe("what this machine has", () => {
  it.each([
    ["ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)", true],
    ["llvmpipe (LLVM 15.0.6, 256 bits)", true],
    ["ANGLE (Microsoft, Microsoft Basic Render Driver Direct3D11)", true],
    ["ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)", false],
    ["Apple M2", false],
  ])("knows %s", (renderer, software) => {
    expect(isSoftware(renderer)).toBe(software);
  });
});

describe("files", () => {
  it("takes points, lines and areas of GeoJSON, each in its colour", () => {
    const shapes = shapesOfGeojson({ type: "FeatureCollection", features: [
      { type: "Feature", properties: { name: "A", colour: "#123456" }, geometry: { type: "Point", coordinates: [10, 50] } },
      { type: "Feature", properties: {}, geometry: { type: "MultiPolygon", coordinates: [[[[0, 0], [1, 0], [1, 1], [0, 0]]]] } },
      { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [[0, 0], [1, 1]] } },
    ] });
    expect(shapes.spots.map(({ name, colour }) => [name, colour])).toEqual([["A", "#123456"]]);
    expect(placeOf(shapes.spots[0]?.at ?? [0, 0, 0])[1]).toBeCloseTo(50, 6);
    expect([shapes.areas.length, shapes.lines.length]).toEqual([1, 1]);
  });
});
