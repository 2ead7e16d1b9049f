import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { unwrapped } from "../../src/feed";
import { isMessage, Store } from "../../src/store";
import type { FeedKind } from "../../src/types";

interface Recorded {
  centre: string;
  counter: number;
  event: { type: FeedKind; at: string };
}
const recorded = (cell: string): Recorded[] =>
  JSON.parse(readFileSync(new URL(`../fixtures/feed-${cell}.json`, import.meta.url), "utf8")) as Recorded[];

function fed(cell: string, until = "9999"): Store {
  const store = new Store(() => 0);
  for (const told of recorded(cell)) if (told.event.at < until) store.take(told.event.type, unwrapped(told.event.type, told));
  return store;
}

describe("the store", () => {
  it("holds the one track of the recorded flight while it flies", () => {
    const store = fed("alpha", "2026-06-15T12:05:00Z");
    expect([...store.tracks.keys()]).toEqual([1]);
    expect(store.tracks.get(1)?.trail.length).toBeGreaterThan(3);
  });

  it("forgets a track that has ended", () => {
    const store = fed("alpha", "2026-06-15T12:05:00Z");
    const known = store.tracks.get(1);
    if (!known) throw new Error("the recording holds no track");
    store.take("picture", { centre: "data", counter: 999, at: "", tracks: [{ ...known.track, status: "ended" }] });
    expect(store.tracks.size).toBe(0);
    expect(store.changedTracks.has(1)).toBe(true);
  });

  it("shows a cell nothing of a text that it is not cleared to read", () => {
    const texts = (cell: string): number => fed(cell).items.filter((item) => isMessage(item) && item.message.kind === "text").length;
    // Of the day's five texts, one is secret and alpha's own, one is about a satellite and not for charlie.
    expect([texts("alpha"), texts("bravo"), texts("charlie")]).toEqual([4, 3, 2]);
  });

  it("leaves out what its sender took back", () => {
    expect(fed("alpha", "2026-06-15T10:00:00Z").messages("pre-launch-notification").length).toBe(2);
    expect(fed("alpha", "2026-06-15T10:10:00Z").messages("pre-launch-notification").length).toBe(1);
  });

  it("goes on with the clock of the exercise at its speed, and stands still while it is paused", () => {
    let now = 0;
    const store = new Store(() => now);
    expect(store.secondsUntil("2026-06-15T12:10:00Z")).toBeNull();
    store.take("clock", { exercise_time: "2026-06-15T12:00:00Z", speed: 10, state: "running" });
    now = 6000;
    expect(store.secondsUntil("2026-06-15T12:10:00Z")).toBe(540);
    store.take("clock", { exercise_time: "2026-06-15T12:01:00Z", speed: 10, state: "paused" });
    now = 60_000;
    expect(store.secondsUntil("2026-06-15T12:10:00Z")).toBe(540);
  });
});
