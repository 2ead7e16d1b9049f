"""What is open by when: responses, questions, announced launches, warnings."""

import pytest

from synaspis.coordination import Board, load_responses, responses_ids
from synaspis.core.errors import InputError
from synaspis.messages import BODIES

RESPONSES = load_responses("coordination-demo")
AREA = {"name": "Coast", "centre": {"latitude_deg": 60.0, "longitude_deg": 5.0}, "radius_m": 5e4}


def shown(make, *events, now_s=0.0, centre="data", responses=RESPONSES):
    board = Board("alpha", responses)
    for each in events:
        board.take(centre, each)
    return board.to_dict(make.NOON_US + round(now_s * 1e6))


def invoked(make, response="shelter-coast"):
    body = {"responses": "coordination-demo", "response": response, "role": "officer"}
    return make.event("response", "alpha", body, 10)


def test_a_response_is_open_until_all_who_are_named_have_acknowledged(make):
    start = invoked(make, "hold-fire-over-range")
    answer = make.event("acknowledgement", "bravo", {"says": "done", "role": "x"}, 30, concerns=[start])
    for events, state in (((start,), "open"), ((start, answer), "done")):
        found = shown(make, *events, now_s=40, centre="coordination")["acknowledgements"]
        # Who set it going need not acknowledge it.
        assert [(each["from"], each["state"]) for each in found] == [("alpha", "accepted"), ("bravo", state)]
    found = shown(make, start, now_s=311, centre="coordination")["acknowledgements"][1]
    # Five minutes from 12:00:10.
    assert (found["by"], found["left_s"], found["overdue"]) == (make.at(310), -1.0, True)
    assert found["text"] == "bravo has not acknowledged"


@pytest.mark.parametrize(("given", "response"), [(None, "shelter-coast"), (RESPONSES, "unheard-of")])
def test_a_response_of_another_document_asks_nothing_of_anybody(given, response, make):
    found = shown(make, invoked(make, response), centre="coordination", responses=given)
    assert found["acknowledgements"] == []
    assert [each["response"] for each in found["responses"]["invoked"]] == [response]


@pytest.mark.parametrize(
    ("kind", "body", "called"),
    [
        ("warning", {"level": "take-shelter", "area": AREA}, ["shelter-coast"]),
        ("warning", {"level": "watch", "area": AREA}, []),
        ("text", {"text": "HOLD FIRE, please"}, ["hold-fire-over-range"]),
        ("text", {"text": "Good morning"}, []),
        ("post-launch-notification", {"launch_area": {"name": "test range"}}, []),
    ],
)
def test_words_call_for_a_response_and_nothing_is_done_by_itself(kind, body, called, make):
    found = shown(make, make.event(kind, "bravo", body))["responses"]
    assert [each["response"] for each in found["called_for"]] == called
    assert found["invoked"] == []


def test_a_question_is_open_until_it_is_answered(make):
    report = make.event("launch-report", "bravo", {"sources": ["radar"]}, 1)
    query = make.event(
        "ambiguity-query", "centre", {"question": "Is it?", "answer_by": make.at(100)}, 2, concerns=[report]
    )
    answer = make.event("ambiguity-answer", "bravo", {"position": "maintained"}, 3, concerns=[query])
    (one,) = shown(make, report, query, now_s=40)["consultations"]
    assert (one["state"], one["left_s"], one["overdue"]) == ("open", 60.0, False)
    assert one["about"][0]["reference"] == report["reference"]
    (one,) = shown(make, report, query, now_s=101)["consultations"]
    assert (one["left_s"], one["overdue"]) == (-1.0, True)
    (one,) = shown(make, report, query, answer, now_s=101)["consultations"]
    assert (one["state"], one["overdue"]) == ("answered", False)
    assert one["answers"] == [{"sender": "bravo", "position": "maintained"}]


@pytest.mark.parametrize(
    ("now_s", "state"), [(50, "to come"), (100, "open"), (200, "open"), (201, "over, not matched")]
)
def test_an_announced_launch_is_in_the_calendar(now_s, state, make):
    window = {"earliest": make.at(100), "latest": make.at(200)}
    told = make.event("pre-launch-notification", "bravo", {"window": window, "missile_class": "mrbm"}, 1)
    (one,) = shown(make, told, now_s=now_s)["calendar"]
    assert (one["state"], one["window"], one["matched"]) == (state, window, [])


def test_a_report_that_the_centre_has_matched_is_shown_with_the_announcement(make):
    window = {"earliest": make.at(100), "latest": make.at(200)}
    told = make.event("pre-launch-notification", "bravo", {"window": window}, 1)
    fits = [{"notification": told["reference"], "margin": 0.5}]
    report = make.event("launch-report", "charlie", {"sources": ["radar"]}, 150, correlation=fits)
    other = make.event("launch-report", "charlie", {"sources": ["radar"]}, 151, correlation="unmatched")
    after = make.event("post-launch-notification", "bravo", {"notification": told["message"]["id"]}, 180)
    (one,) = shown(make, told, report, other, after, now_s=500)["calendar"]
    assert one["state"] == "matched"
    assert [each["reference"] for each in one["matched"]] == [report["reference"], after["reference"]]


def test_a_launch_that_was_called_off_leaves_the_calendar(make):
    window = {"earliest": make.at(100), "latest": make.at(200)}
    told = make.event("pre-launch-notification", "bravo", {"window": window}, 1)
    later = {"earliest": make.at(300), "latest": make.at(400)}
    moved = make.event("correction", "bravo", {"replacement": {"window": later}}, 2, concerns=[told])
    off = make.event("cancellation", "bravo", {}, 3, concerns=[told])
    (one,) = shown(make, told, moved, now_s=150)["calendar"]
    assert (one["state"], one["corrected"]) == ("to come", True)
    assert shown(make, told, moved, off)["calendar"] == []


def warning(make, level, seconds, sender="bravo", name="", **more):
    return make.event("warning", sender, {"level": level, "area": AREA, **more}, seconds, name=name)


def test_a_warning_counts_down_and_ends(make):
    impact = {"earliest": make.at(300), "latest": make.at(330)}
    told = warning(make, "take-shelter", 1, impact=impact)
    for now_s, left_s, state in ((100, 200.0, "standing"), (331, -31.0, "over")):
        (one,) = shown(make, told, now_s=now_s)["warnings"]
        assert (one["to_impact_s"], one["state"]) == (left_s, state)


def test_an_all_clear_ends_the_warnings_of_its_sender_before_it(make):
    first, clear, again = (
        warning(make, level, seconds)
        for level, seconds in (("take-shelter", 1), ("all-clear", 2), ("watch", 3))
    )
    other = warning(make, "watch", 1, sender="charlie")
    found = shown(make, first, clear, again, other)["warnings"]
    assert sorted((each["of"]["sender"], each["level"], each["state"]) for each in found) == [
        ("bravo", "take-shelter", "cleared"),
        ("bravo", "watch", "standing"),
        ("charlie", "watch", "standing"),
    ]


def test_an_all_clear_that_names_a_warning_ends_that_one_alone(make):
    one, two = (warning(make, "watch", 1, name=name) for name in ("one", "two"))
    clear = warning(make, "all-clear", 2, about=[two["message"]["id"]])
    found = {each["of"]["reference"]: each["state"] for each in shown(make, one, two, clear)["warnings"]}
    assert found == {one["reference"]: "standing", two["reference"]: "cleared"}


def test_an_acknowledgement_reaches_over_to_the_other_centre(make):
    told = warning(make, "watch", 1)
    seen = {"says": "seen", "role": "officer", "elsewhere": [told["message"]["id"]]}
    board = Board("alpha")
    board.take("data", told)
    board.take("coordination", make.event("acknowledgement", "charlie", seen, 2))
    assert board.to_dict()["warnings"][0]["acknowledged_by"] == ["charlie"]


@pytest.mark.parametrize("name", responses_ids())
def test_packaged_responses_are_sound(name):
    found = load_responses(name)
    assert found.id == name
    assert {trigger.kind for each in found.responses.values() for trigger in each.triggers} <= set(BODIES)


def test_every_fault_of_a_document_is_reported_at_once(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(
        "schema: responses/1\nid: bad\nname: Bad\nsummary: Wrong.\nresponses:\n"
        "  one: {name: One, says: Do., triggers: [{kind: waring}], acknowledged_by: [a], within: 60 s}\n"
        "  two: {name: Two, says: Do., acknowledged_by: [], within: 2 d, until: now}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="no kind of message") as caught:
        load_responses(file)
    told = "\n".join(map(str, caught.value.faults))
    assert "'waring' is no kind of message. Did you mean 'warning'?" in told
    assert "responses.two.acknowledged_by: nobody acknowledges it. Name a partner." in told
    assert "responses.two.within" in told
    assert "unknown key 'until'" in told


def test_a_document_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(InputError, match="there are no responses 'coordination-dem'") as caught:
        load_responses("coordination-dem")
    assert "coordination-demo" in str(caught.value)
