import { describe, expect, it } from "vitest";
import { answersTo } from "../../src/panels/act";

const said = (kind: string, body: Record<string, string> = {}) =>
  answersTo({ kind, sender: "us", body }, "de").map(([, says]) => says);

describe("what a cell can answer", () => {
  it("accepts or declines a hand-over that is offered to it, and no other", () => {
    expect(said("hand-over", { to: "de" })).toEqual(["accepted", "declined"]);
    expect(said("hand-over", { to: "pl" })).toEqual([]);
  });
  it("acknowledges what nations say, and reports a response as done", () => {
    expect(said("warning")).toEqual(["seen"]);
    expect(said("response")).toEqual(["seen", "done"]);
  });
  it("answers neither an acknowledgement, nor the white cell's orders, nor itself", () => {
    expect(said("acknowledgement")).toEqual([]);
    expect(said("exercise-control")).toEqual([]);
    expect(answersTo({ kind: "warning", sender: "de", body: {} }, "de")).toEqual([]);
  });
});
