import { describe, expect, it } from "vitest";
import { faultsOf, reasonsOf, Refused } from "../../src/api";
import { circle, destination, ellipse, halfAxes } from "../../src/globe/geometry";
import { arcsOf } from "../../src/globe/topology";
import { kindOf, markingOf } from "../../src/globe/files";
import { countdown, kilometres, place } from "../../src/format";
import { withDeadline } from "../../src/panels/plan";
import { columnsOf, plainly } from "../../src/panels/records";

describe("words", () => {
  it.each([[0, "0:00"], [59.9, "0:59"], [725, "12:05"], [3661, "1:01:01"], [-30, "\u22120:30"]])("counts %d s down as %s", (seconds, shown) => {
    expect(countdown(seconds)).toBe(shown);
  });

  it("names places and distances", () => {
    expect(place(-33.9, 18.4)).toBe("33.90°\u00a0S 18.40°\u00a0E");
    expect(kilometres(5_556_000)).toBe("5,556\u00a0km");
    expect(kilometres(1500)).toBe("1.5\u00a0km");
  });

  it("gives the faults of an answer, and says so where it has none", () => {
    const fault = { what: "the text is refused", where: "body.text", remedy: "Write another." };
    expect(new Refused(faultsOf(422, { error: { faults: [fault] } })).message).toBe("body.text: the text is refused. Write another.");
    expect(faultsOf(500, undefined)[0]?.what).toBe("the server answered 500 without saying why");
    expect(reasonsOf({ centre: "data", sentences: ["one", "two"] })).toEqual(["one", "two"]);
  });

  it("shows records without references and empty members", () => {
    expect(columnsOf([{ a: 1, b: null, c: "324e2862cbe528a0aa9ceb99b60448a7", d: [] }, { e: "x" }])).toEqual(["a", "e"]);
    expect(plainly({ earliest: "2026-06-15T12:09:00Z", latest: "2026-06-15T12:11:00Z" })).toBe("12:09:00 to 12:11:00");
    expect(withDeadline({ left_s: -90, overdue: true }).due).toBe("! overdue by 1:30");
  });
});

describe("outlines on the ground", () => {
  it("finds a quarter of the sphere to the east on the equator", () => {
    const found = destination({ latitude_deg: 0, longitude_deg: 0 }, Math.PI / 2, (6_371_008.8 * Math.PI) / 2);
    expect(found.latitude_deg).toBeCloseTo(0, 9);
    expect(found.longitude_deg).toBeCloseTo(90, 9);
  });

  it("closes circles and ellipses", () => {
    for (const outline of [circle({ latitude_deg: 70, longitude_deg: 179 }, 5e5), ellipse({ latitude_deg: 70, longitude_deg: 5 }, [4e6, 1e6, 9e6])]) {
      const [first] = outline;
      const last = outline[outline.length - 1];
      expect(last?.latitude_deg).toBeCloseTo(first?.latitude_deg ?? 0, 6);
      expect(last?.longitude_deg).toBeCloseTo(first?.longitude_deg ?? 0, 6);
    }
  });

  it("makes 95 % of a covariance: 2.4477 sigma, the root of -2 ln 0.05, along its own axes", () => {
    const north = halfAxes([1e6, 0, 9e6]);
    expect(north.long).toBeCloseTo(3000 * 2.4477, 0);
    expect(north.short).toBeCloseTo(1000 * 2.4477, 0);
    expect(Math.sin(north.azimuth)).toBeCloseTo(0, 9);
    expect(Math.tan(halfAxes([5e6, 3e6, 5e6]).azimuth)).toBeCloseTo(1, 9);
  });

  it("unpacks the differences of a TopoJSON arc", () => {
    const topology = { arcs: [[[0, 0], [10, 5], [-4, 1]] as [number, number][]], transform: { scale: [0.5, 2] as [number, number], translate: [-180, -90] as [number, number] } };
    expect(arcsOf(topology)).toEqual([[-180, -90, -175, -80, -177, -78]]);
  });
});

describe("files", () => {
  it("are told from their content", () => {
    expect(kindOf([{ id: "document", version: "1.0", properties: { marking: "UNCLASSIFIED // NOTIONAL" } }])).toBe("czml");
    expect(kindOf({ type: "FeatureCollection", features: [] })).toBe("geojson");
    expect(kindOf({ verdict: "impossible" })).toBe("json");
    expect(markingOf({ type: "FeatureCollection", marking: "UNCLASSIFIED // NOTIONAL" })).toBe("UNCLASSIFIED // NOTIONAL");
  });
});
