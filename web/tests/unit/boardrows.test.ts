import { describe, expect, it } from "vitest";
import { MARKS, readable } from "../../src/panels/boardrows";
import type { Scene, Session } from "../../src/types";

const context = {
  session: { nations: [{ id: "de", name: "Germany" }, { id: "us", name: "United States" }] } as unknown as Session,
  scene: { assets: [{ id: "sulze-pac-3-cri", name: "PAC-3 at Sulze" }] } as unknown as Scene,
};

describe("rows of a board", () => {
  it("name nations and batteries, and keep what is nobody's id", () => {
    expect(readable(context, { partner: "de", to: "us", battery: "sulze-pac-3-cri", area: "Leipzig" })).toEqual({
      partner: "Germany", to: "United States", battery: "PAC-3 at Sulze (sulze-pac-3-cri)", area: "Leipzig",
    });
    expect(readable(context, { battery: "unheard-of", holder: "xx" })).toEqual({ battery: "unheard-of", holder: "xx" });
  });

  it("say gaps, overlaps and conflicts in sentences with names", () => {
    const gap = { share_uncovered: 0.2387, area: "Test range", partner: "de", why: "wanted" };
    expect(readable(context, gap).text).toBe("24 % of Test range, wanted by Germany, is covered by no plan that is shown here");
    const overlap = { share_of_smaller: 0.0751, area_m2: 9.44e9, partners: ["de", "us"], batteries: ["sulze-pac-3-cri", "b"] };
    expect(readable(context, overlap).text).toBe(
      "Germany with PAC-3 at Sulze (sulze-pac-3-cri) and United States with b both cover 9,440 km\u00B2, 8 % of the smaller area");
    expect(readable(context, { what: "conflict", partners: ["de", "us"] }).text).toBe("Germany and United States each claim this object");
    const twice = { what: "duplicate", partners: ["de"], text: "de claims this object 2 times, by a and b" };
    expect(readable(context, twice).text).toBe("Germany claims this object more than once");
  });

  it("say who has answered a question or an offer", () => {
    expect(readable(context, { answers: [{ sender: "de", position: "maintained" }] }).answers).toBe("Germany: maintained");
    expect(readable(context, { from: "de", state: "open", text: "de has not answered" }).text).toBe("Germany has not answered");
    expect(readable(context, { from: "us", state: "accepted", text: "us: accepted" }).text).toBe("United States: accepted");
    expect(readable(context, { to: "us", state: "declined", text: "us has declined" }).text).toBe("United States has declined");
  });

  it("tell findings apart by shape", () => {
    expect(new Set(Object.values(MARKS)).size).toBe(3);
  });
});
