"""Cells over real sockets: what each is told, once and in order, and what its people say."""

import asyncio
import base64
import json
from typing import Any

from synaspis.agreement import Category, Label
from synaspis.exchange import PartnerKit
from synaspis.messages import PublicKey, open_envelope


def say(client: Any, asks: Any, text: str, **more: Any) -> Any:
    return client.post("/api/act", json={"kind": "text", "body": {"text": text}, **more}, headers=asks)


def releasable_to(opened: Any, *names: str) -> dict[str, Any]:
    """A label that shows a message to these partners alone."""
    plain = opened.house.hall.sides["data"].book.default_label()
    return Label(
        plain.policy, plain.classification, (Category("Releasable to", "PERMISSIVE", names),)
    ).to_json()


def test_a_session_says_who_sits_there(opened: Any, asks: Any, check_error: Any) -> None:
    client = opened.enter("de")
    told = client.get("/api/session").json()
    assert (told["cell"], told["role"], told["view_as"]) == ("de", "nation", ["de"])
    assert told["exercise"] == "FIRST EXERCISE"
    assert {each["id"] for each in told["nations"]} == {"de", "pl", "us"}
    assert told["scenario"]["phases"]
    assert opened.enter("white").get("/api/session").json()["view_as"] == ["white", "de", "pl", "us"]
    renamed = client.post("/api/name", json={"name": "Jane Doe"}, headers=asks)
    assert renamed.json()["name"] == "Jane Doe"
    check_error(client.post("/api/name", json={"name": "\x07"}, headers=asks), 400, "this is no name")
    assert client.post("/api/leave", json={}, headers=asks).status_code == 204
    check_error(client.get("/api/session"), 401)


def test_what_a_person_says_is_signed_by_the_cell_and_carries_the_name(opened: Any, asks: Any) -> None:
    client = opened.enter("de")
    client.post("/api/name", json={"name": "Jane Doe"}, headers=asks)
    answer = say(client, asks, "Radio check.", note="To all.")
    assert answer.status_code == 201
    receipt = answer.json()
    assert receipt["status"] == 201
    envelope = receipt["envelope"]
    assert json.loads(base64.b64decode(envelope["payload"])) == receipt["receipt"]
    side = opened.house.hall.sides["data"]
    found = opened.house.hall.cells["de"]
    assert found.place["data"] >= 1
    event = json.loads(side_events(opened, "de")[-1].data)
    assert event["message"]["body"]["text"] == "Radio check. To all. (Jane Doe, de)"
    assert event["message"]["exercise"] == "FIRST EXERCISE"
    kit = PartnerKit.load(side.kits["de"].folder)
    opened_envelope = open_envelope(event["envelope"].encode(), {"de": side.keys["de"].public})
    assert json.loads(opened_envelope.payload)["sender"] == "de"
    assert PublicKey(kit.centre_key).verifies(
        base64.b64decode(envelope["signatures"][0]["sig"]),
        pae(envelope["payloadType"], base64.b64decode(envelope["payload"])),
    )
    acts = [line for line in opened.lines() if line["event"] == "act"]
    assert acts[-1]["partner"] == "de"
    assert acts[-1]["status"] == 201
    assert len(acts[-1]["text"]) == 64


def pae(kind: str, payload: bytes) -> bytes:
    """Pre-authentication encoding, as the specification of DSSE has it."""
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def side_events(opened: Any, cell: str) -> list[Any]:
    side = opened.house.hall.sides["data"]
    return list(asyncio.run_coroutine_threadsafe(side.read(cell, 0, 1_000), opened._loop).result(10))


def test_a_message_with_faults_is_told_with_all_of_them(opened: Any, asks: Any, check_error: Any) -> None:
    client = opened.enter("de")
    bad = {"kind": "warning", "body": {"level": "purple", "nonsense": 1}}
    answer = client.post("/api/act", json=bad, headers=asks)
    assert len(check_error(answer, 422, "purple", "nonsense")) >= 2
    label = {"policy": "NOBODY"}
    refused = say(client, asks, "no", label=label)
    assert refused.status_code == 422
    assert refused.json()["error"]["faults"]
    unknown = client.post("/api/act", json={"kind": "warnin", "body": {}}, headers=asks)
    check_error(unknown, 400, "is no kind of message", "warning")


def test_a_refusal_of_the_centre_is_handed_on_with_its_signature(opened: Any, asks: Any) -> None:
    label = releasable_to(opened, "mars")
    answer = say(opened.enter("de"), asks, "to nobody", label=label)
    assert answer.status_code == 422
    told = answer.json()
    assert told["refusal"]["code"] == "bad-label"
    assert told["error"]["faults"] == told["refusal"]["faults"]
    assert told["envelope"]["signatures"]


def test_two_cells_never_see_each_others_stream(opened: Any, asks: Any, read: Any, texts_of: Any) -> None:
    de, pl, us = (opened.enter(name) for name in ("de", "pl", "us"))
    label = releasable_to(opened, "pl")
    assert say(de, asks, "for pl alone", label=label).status_code == 201
    assert say(de, asks, "for everybody").status_code == 201

    def arrived(found: Any) -> bool:
        return any("for everybody" in text for text in texts_of(found))

    shown = {name: read(client, until=arrived) for name, client in (("de", de), ("pl", pl), ("us", us))}
    assert any("for pl alone" in text for text in texts_of(shown["pl"]))
    assert not any("for pl alone" in text for text in texts_of(shown["us"]))
    assert "for pl alone" not in json.dumps(shown["us"])
    # The white cell looks over a shoulder and sees what is seen there, and no more.
    white = opened.enter("white")
    seen = read(white, until=arrived, **{"as": "us"})
    assert [each for each in seen if each[0]] == [each for each in shown["us"] if each[0]]


def test_a_stream_that_is_cut_goes_on_without_loss_or_repetition(
    opened: Any, asks: Any, read: Any, texts_of: Any
) -> None:
    client, sender = opened.enter("pl"), opened.enter("us")
    for number in range(12):
        assert say(sender, asks, f"piece {number}").status_code == 201

    def whole(found: Any) -> bool:
        return any("piece 11" in text for text in texts_of(found))

    once = [each for each in read(client, until=whole) if each[0]]
    pieces: list[Any] = []
    last = None
    while not whole(pieces):
        # Cut after every second event; states without an id come with each new line.
        found = read(
            client, until=lambda got: sum(bool(each[0]) for each in got) == 2 or whole(got), last=last
        )
        pieces += [each for each in found if each[0]]
        last = pieces[-1][0]
    assert pieces == once
    counters = [data["counter"] for _, _, data in pieces if data["centre"] == "data"]
    assert counters == list(range(1, len(counters) + 1))


def test_a_stream_brings_clock_board_and_a_log_that_holds(opened: Any, asks: Any, read: Any) -> None:
    client = opened.enter("de")
    say(client, asks, "something for the log")

    def complete(found: Any) -> bool:
        logs = {data["centre"] for _, event, data in found if event == "log" and data["size"]}
        return logs == {"data", "coordination"} and any(event == "board" for _, event, _ in found)

    found = read(client, until=complete)
    states = {event: (given, data) for given, event, data in found if event in ("clock", "board", "log")}
    assert all(given == "" for given, _ in states.values())
    assert states["clock"][1]["state"] == "running"
    assert states["clock"][1]["speed"] == 1.0
    assert states["board"][1]["as"] == "de"
    assert states["board"][1]["board"]["partner"] == "de"
    log = states["log"][1]
    assert log["holds"] is True
    assert log["findings"] == []
    assert len(log["signed_by"]) == 2
    assert len(log["root"]) == 64


def test_why_and_why_not_are_told_from_the_agreements(opened: Any, asks: Any, check_error: Any) -> None:
    de, pl = opened.enter("de"), opened.enter("pl")
    assert say(de, asks, "why do you see this").status_code == 201
    counter = opened.house.hall.cells["pl"].place["data"]
    told = pl.get("/api/why", params={"centre": "data", "counter": counter}).json()
    assert told["quality"] == "covariance"
    assert told["clauses"]
    assert told["clauses"][0]["clause"] in told["sentences"][0]
    asked = {"centre": "data", "sender": "de", "product": "consultation"}
    assert pl.get("/api/why-not", params=asked).json()["quality"] == "covariance"
    check_error(pl.get("/api/why", params={"centre": "data", "counter": "999999"}), 404, "no event 999999")
    check_error(pl.get("/api/why", params={"centre": "x", "counter": "1"}), 400, "is no centre")
    wrong = pl.get("/api/why-not", params={"centre": "data", "sender": "mars", "product": "gold"})
    assert len(check_error(wrong, 400, "is no partner", "is no product")) == 2


def test_the_scene_holds_the_assets_of_the_scenario(opened: Any) -> None:
    scene = opened.enter("de").get("/api/scene").json()
    scenario = opened.house.grounds.scenario
    assert [each["id"] for each in scene["assets"]] == [each.id for each in scenario.assets]
    radar = next(each for each in scene["assets"] if each["volume"])
    item = next(each for each in scenario.radars if each.id == radar["id"]).item
    assert radar["volume"]["range_m"] == item.reference_range.si
    assert {each["kind"] for each in scene["assets"]} <= {"radar", "battery", "ship", "satellite"}
    longitudes = [
        point[0] for area in scene["areas"] for part in area["geojson"]["coordinates"] for point in part[0]
    ]
    assert -180 <= min(longitudes) <= max(longitudes) <= 180


def test_the_white_cell_runs_the_exercise_and_says_so(
    opened: Any, asks: Any, read: Any, check_error: Any
) -> None:
    white, nation = opened.enter("white"), opened.enter("de")

    def ask(**given: Any) -> Any:
        return white.post("/api/white", json=given, headers=asks)

    check_error(ask(action="start"), 409, "'start' cannot be done while the exercise is running")
    # At a speed of nearly nothing the very message that tells of it would never be answered.
    for nearly_still in (0, 1e-300, 0.05):
        check_error(ask(action="speed", speed=nearly_still), 400, "allowed is 0.1 to 1,000")
    check_error(ask(action="jump", to="2020-01-01T00:00:00Z"), 409, "it goes forward only")
    check_error(ask(action="inject", inject="nothing"), 409, "is no inject of the exercise")
    check_error(ask(action="explode"), 400, "is no action")
    paused = ask(action="pause")
    assert paused.json()["clock"]["state"] == "paused"
    assert paused.json()["receipt"]["record"]
    before = white.get("/api/session").status_code, opened.house.clock.now_us()
    check_error(say(nation, asks, "now?"), 409, "the exercise is paused")
    assert opened.house.clock.now_us() == before[1]
    assert ask(action="resume").json()["clock"]["state"] == "running"
    faster = ask(action="speed", speed=2).json()
    assert faster["clock"]["speed"] == 2.0
    assert ask(action="speed", speed=1).status_code == 200
    assert ask(action="inject", inject="told-after").status_code == 200

    def told_after(found: Any) -> bool:
        # One that is due by itself may come first, on a slow machine.
        return any(
            control(data) == "inject-done" and body(data)["inject"] == "told-after"
            for _, event, data in found
            if event == "message"
        )

    def told_all(found: Any) -> bool:
        actions = {control(data) for _, event, data in found if event == "message"}
        return {"start", "pause", "resume", "speed"} <= actions and "inject-done" not in actions

    def body(data: Any) -> Any:
        return data["event"]["message"]["body"]

    def control(data: Any) -> str | None:
        message = data["event"]["message"]
        return message["body"]["action"] if message["kind"] == "exercise-control" else None

    found = read(nation, until=told_all)
    assert next(control(data) for _, event, data in found if event == "message" and control(data)) == "start"
    found = read(white, until=told_after)
    bodies = [body(data) for _, event, data in found if event == "message" and control(data) == "inject-done"]
    (done,) = [each for each in bodies if each["inject"] == "told-after"]
    assert "(Cell of White cell)" in done["remarks"]
