"""When what goes to whom: default deny, delays, order, new agreements, and the grid of time."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from synaspis.core.clock import to_rfc3339
from synaspis.exchange.release import Releaser
from synaspis.exchange.settings import Settings

PARTNERS = ("alpha", "bravo", "charlie")


def at(make: SimpleNamespace, seconds: float) -> str:
    return to_rfc3339(make.START_US + round(seconds * 1e6))


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["message"]["kind"] if event["type"] == "message" else event["type"] for event in events]


def test_nobody_but_the_sender_gets_what_no_clause_permits(make):
    bench = make.Bench(make.Table(PARTNERS, {("bravo", "alpha"): ("covariance", 0)}))
    got = bench.run([make.accepted(make.example("text"), "charlie", 0.01)], 1)
    assert set(got) == {"charlie"}
    assert got["charlie"][0]["why"] == [{"agreement": "base", "clause": "own"}]


def test_a_release_waits_for_its_delay_and_says_its_own_time(make):
    bench = make.Bench(make.Table(PARTNERS, {("bravo", "alpha"): ("covariance", 2.5)}))
    message = make.accepted(make.example("text"), "alpha", 0.01)
    assert set(bench.run([message], 2.5)) == {"alpha"}
    (event,) = bench.run([], 2.55)["bravo"]
    assert event["at"] == at(make, 2.51)
    assert (event["policy"], event["quality"]) == ("v1", "covariance")
    assert event["why"] == [{"agreement": "pact", "clause": "consultation"}]


def test_recipients_of_the_same_bytes_share_one_delivery(make):
    rights = {(name, "alpha"): ("covariance", 0) for name in ("charlie", "bravo")}
    releaser = make.Bench(make.Table(PARTNERS, rights)).releaser
    releaser.accept(make.accepted(make.example("text"), "alpha", 0.01))
    recipients = [delivery.recipients for delivery in releaser.advance(make.START_US + 50_000)]
    assert sorted(recipients) == [("alpha",), ("bravo", "charlie")]


def test_levels_and_reasons_part_recipients(make):
    rights = {("bravo", "alpha"): ("covariance", 0), ("charlie", "alpha"): ("presence", 0)}
    table = make.Table(
        (*PARTNERS, "delta"), {**rights, ("delta", "alpha"): ("covariance", 0)}, reasons={"delta": "extra"}
    )
    got = make.Bench(table).run([make.accepted(make.example("warning"), "alpha", 0.01)], 1)
    assert "envelope" in got["bravo"][0]
    assert got["charlie"][0]["extract"] == {"level": make.example("warning").level}
    assert got["delta"][0]["why"] == [{"agreement": "pact", "clause": "extra"}]


def test_nothing_leaves_before_its_cell_of_the_grid_is_over(make):
    releaser = make.Bench(make.Table(PARTNERS, {})).releaser
    releaser.accept(make.accepted(make.example("text"), "alpha", 0.010))
    assert releaser.advance(make.START_US + 49_999) == []
    assert len(releaser.advance(make.START_US + 50_000)) == 1
    assert releaser.advance(make.START_US + 50_000) == []


def stream(make: SimpleNamespace) -> list[Any]:
    said = {
        "text": "alpha",
        "launch-report": "bravo",
        "sensor-status": "charlie",
        "warning": "alpha",
        "pre-launch-notification": "bravo",
    }
    messages = [
        make.accepted(make.example(kind), sender, 0.37 * place)
        for place, (kind, sender) in enumerate(said.items())
    ]
    for step in range(30):
        messages += [
            make.accepted(make.track(0.11 * step, offset_m=10.0 * lift), sender, 0.11 * step + 0.001 * lift)
            for lift, sender in enumerate(PARTNERS)
        ]
    return sorted(messages, key=lambda message: message.received_us)


RIGHTS = {
    ("bravo", "alpha"): ("covariance", 0), ("charlie", "alpha"): ("position", 1.3),
    ("alpha", "bravo"): ("covariance", 0.2), ("charlie", "bravo"): ("impact-area", 0.7),
    ("alpha", "charlie"): ("position", 0), ("bravo", "charlie"): ("presence", 0.1),
}  # fmt: skip


def played(make: SimpleNamespace, steps_us: list[int]) -> dict[str, list[bytes]]:
    """All events by recipient if the releaser is asked at these instants after the start."""
    releaser, messages = make.Bench(make.Table(PARTNERS, RIGHTS)).releaser, stream(make)
    deliveries: list[Any] = []
    for step_us in steps_us:
        now_us = make.START_US + step_us
        while messages and messages[0].received_us <= now_us:
            releaser.accept(messages.pop(0))
        deliveries += releaser.advance(now_us)
    return make.feeds(deliveries)


def test_what_partners_get_does_not_depend_on_when_the_releaser_is_asked(make):
    every_tick = played(make, list(range(50_000, 6_000_001, 50_000)))
    assert played(make, [6_000_000]) == every_tick
    assert played(make, [1, 70_001, 1_234_567, 1_234_568, 3_999_999, 6_000_000]) == every_tick


def test_events_come_in_the_order_of_their_times(make):
    for bodies in played(make, [6_000_000]).values():
        times = [json.loads(body)["at"] for body in bodies]
        assert times == sorted(times)


def test_a_message_for_a_cell_that_is_over_joins_the_next_one(make):
    bench = make.Bench(make.Table(PARTNERS, {}))
    bench.run([], 10)
    (event,) = bench.run([make.accepted(make.example("text"), "alpha", 3)], 10.05)["alpha"]
    assert event["at"] == at(make, 10.000001)


def test_of_two_events_at_one_instant_the_cause_comes_first(make):
    report = make.example("text")
    first = make.accepted(report, "alpha", 1, id="f" * 32)
    back = make.accepted(make.cancellation("text", "f" * 32), "alpha", 1)
    assert kinds(make.Bench(make.Table(PARTNERS, {})).run([first, back], 2)["alpha"]) == [
        "text",
        "cancellation",
    ]


# New agreements.


def adopted(make: SimpleNamespace, before: dict, after: dict, partners: tuple[str, ...] = PARTNERS) -> Any:
    bench = make.Bench(make.Table(PARTNERS, before))
    bench.run([make.accepted(make.example("warning"), "alpha", 0.01)], 1)
    bench.releaser.adopt(make.Table(partners, after, "v2"), make.START_US + 1_000_001)
    return bench


def test_every_partner_is_told_of_new_agreements_and_of_their_version(make):
    bench = adopted(make, {}, {}, (*PARTNERS, "delta"))
    got = bench.run([], 2)
    assert set(got) == {*PARTNERS, "delta"}
    assert {json.dumps(event) for events in got.values() for event in events} == {json.dumps(got["delta"][0])}
    notice = got["delta"][0]
    assert (notice["code"], notice["policy"], notice["at"]) == (
        "agreements-changed",
        "v2",
        at(make, 1.000001),
    )
    assert notice["text"].startswith("From now on the agreements of policy version v2 decide.")


def test_what_is_delayed_is_decided_anew_when_it_is_due(make):
    late = {("bravo", "alpha"): ("covariance", 5), ("charlie", "alpha"): ("covariance", 5)}
    lowered = {("bravo", "alpha"): ("presence", 5)}
    got = adopted(make, late, lowered).run([], 6)
    assert kinds(got["bravo"]) == ["notice", "warning"]
    assert (got["bravo"][1]["quality"], got["bravo"][1]["policy"]) == ("presence", "v2")
    assert kinds(got["charlie"]) == ["notice"]


def test_a_longer_delay_holds_for_what_is_not_yet_released(make):
    bench = adopted(make, {("bravo", "alpha"): ("covariance", 5)}, {("bravo", "alpha"): ("covariance", 8)})
    assert kinds(bench.run([], 7.9)["bravo"]) == ["notice"]
    (event,) = bench.run([], 8.1)["bravo"]
    assert event["at"] == at(make, 8.01)


def test_a_shorter_delay_does_not_bring_forward_what_was_promised_for_later(make):
    bench = adopted(make, {("bravo", "alpha"): ("covariance", 5)}, {("bravo", "alpha"): ("covariance", 0)})
    assert kinds(bench.run([], 4.9)["bravo"]) == ["notice"]
    assert bench.run([], 5.1)["bravo"][0]["at"] == at(make, 5.01)


def test_new_rights_do_not_reach_back(make):
    before = {("bravo", "alpha"): ("covariance", 5)}
    bench = adopted(make, before, {**before, ("charlie", "alpha"): ("covariance", 5)})
    assert kinds(bench.run([], 9)["charlie"]) == ["notice"]
    later = make.accepted(make.example("warning"), "alpha", 9.5)
    assert kinds(bench.run([later], 15)["charlie"]) == ["warning"]


def test_delayed_track_reports_are_decided_anew_as_well(make):
    before = {("bravo", "alpha"): ("covariance", 5), ("charlie", "alpha"): ("covariance", 5)}
    bench = make.Bench(make.Table(PARTNERS, before))
    bench.run([make.accepted(make.track(0), "alpha", 0.01)], 1)
    after = make.Table(PARTNERS, {("bravo", "alpha"): ("position", 7)}, "v2")
    bench.releaser.adopt(after, make.START_US + 2_000_000)
    got = bench.run([], 6.9)
    assert kinds(got["bravo"]) == kinds(got["charlie"]) == ["notice"]
    (picture,) = bench.run([], 7.1)["bravo"]
    assert (picture["at"], picture["policy"]) == (at(make, 7.01), "v2")
    assert picture["tracks"][0]["quality"] == "position"


def test_who_no_longer_takes_part_gets_nothing_more_not_even_the_end_of_a_track(make):
    bench = make.Bench(make.Table(PARTNERS, {("bravo", "alpha"): ("covariance", 0)}))
    assert "bravo" in bench.run([make.accepted(make.track(0), "alpha", 0.01)], 1)
    bench.releaser.adopt(make.Table(("alpha", "charlie"), {}, "v2"), make.START_US + 2_000_000)
    got = bench.run([], 100)
    assert set(got) == {"alpha", "charlie"}
    assert got["alpha"][-1]["tracks"][0]["status"] == "ended"


def test_agreements_cannot_come_into_force_before_those_they_replace(make):
    bench = adopted(make, {}, {})
    with pytest.raises(ValueError, match="a policy cannot come into force before the one that it replaces"):
        bench.releaser.adopt(make.Table(PARTNERS, {}, "v3"), make.START_US)


def test_a_grid_of_another_step_gives_other_pictures_and_the_same_messages(make):
    def bodies(tick_us: int) -> list[dict[str, Any]]:
        releaser = Releaser(make.Table(PARTNERS, RIGHTS), Settings(tick_us=tick_us), make.SECRET)
        for message in stream(make):
            releaser.accept(message)
        found = make.feeds(releaser.advance(make.START_US + 6_000_000))["alpha"]
        return [json.loads(body) for body in found]

    fine, coarse = bodies(50_000), bodies(500_000)
    assert [event for event in fine if event["type"] == "message"] == [
        event for event in coarse if event["type"] == "message"
    ]
    assert len(fine) > len(coarse)
