/** What the panels work out of what they are given. */

import { describe, expect, it } from "vitest";
import { dangerRadius } from "../../src/panels/act";
import { summary } from "../../src/panels/messages";
import { instantOf } from "../../src/panels/white";
import { Store } from "../../src/store";
import type { DeliveredMessage, PictureEvent } from "../../src/types";

describe("an instant of the white cell", () => {
  it("is a time of the day of the exercise, or a whole instant", () => {
    expect(instantOf("9:12", "2026-11-30T09:00:00Z")).toBe("2026-11-30T09:12:00Z");
    expect(instantOf(" 09:12:30 ", "2026-11-30T09:00:00Z")).toBe("2026-11-30T09:12:30Z");
    expect(instantOf("2026-12-01T00:10:00Z", "2026-11-30T09:00:00Z")).toBe("2026-12-01T00:10:00Z");
  });
  it("is nothing for anything else", () => {
    for (const written of ["", "soon", "25:00", "9.12"]) expect(instantOf(written, "2026-11-30T09:00:00Z")).toBeNull();
  });
});

describe("the radius of a warning", () => {
  it("is at least what scripted cells take", () => {
    expect(dangerRadius(undefined)).toBe(50_000);
    expect(dangerRadius([1e6, 0, 1e6])).toBe(50_000);
  });
  it("holds 95 of 100 impacts of a wide covariance: 2.4477 sigmas of a circle, Rayleigh's distribution", () => {
    expect(dangerRadius([1e10, 0, 1e10])).toBe(245_000);
    // The same length along north-east: eigenvalues 1e10 and 0.
    expect(dangerRadius([5e9, 5e9, 5e9])).toBe(245_000);
  });
});

describe("a track that nobody sees any more", () => {
  const told = (status: string, time: string, impact?: string): PictureEvent => ({
    centre: "data", counter: 1, at: time,
    tracks: [{ number: 2, status, time, quality: "covariance", sources: ["us"], why: [],
      ...(impact ? { impact: { latitude_deg: 51, longitude_deg: 12, time: impact } } : {}) }],
  });
  const ended = (status: string, impact?: string): Store => {
    const store = new Store(() => 0);
    store.take("clock", { exercise_time: "2026-11-30T09:15:40Z", speed: 1, state: "running" });
    store.take("picture", told("new", "2026-11-30T09:15:00Z", impact));
    store.take("picture", told(status, "2026-11-30T09:15:06Z", impact));
    return store;
  };
  it("stays in the table until its predicted impact", () => {
    const store = ended("ended", "2026-11-30T09:27:46Z");
    expect(store.tracks.size).toBe(0);
    expect(store.outOfSight().map((known) => known.track.number)).toEqual([2]);
    store.take("clock", { exercise_time: "2026-11-30T09:27:47Z", speed: 1, state: "running" });
    expect(store.outOfSight()).toEqual([]);
  });
  it("goes at once if its impact was never told, or if it was withdrawn", () => {
    expect(ended("ended").outOfSight()).toEqual([]);
    expect(ended("withdrawn", "2026-11-30T09:27:46Z").outOfSight()).toEqual([]);
  });
});

describe("a message in the list", () => {
  it("says what it says, and then what a person remarked", () => {
    const message = { message: { kind: "engagement-claim", sender: "de", body: { battery: "sulze", remarks: "(Officer, de)" } } };
    expect(summary(message as unknown as DeliveredMessage)).toBe("Battery: sulze. (Officer, de)");
  });
});
