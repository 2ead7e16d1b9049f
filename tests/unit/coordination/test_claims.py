"""Claims on one object: what is a duplicate, a conflict, an overlap; hand-overs."""

import itertools

import pytest

from synaspis.coordination import Board


def board(*events) -> Board:
    found = Board("alpha")
    for each in events:
        found.take("coordination", each)
    return found


def objects(*events, now_s=60.0, make):
    return board(*events).to_dict(make.NOON_US + round(now_s * 1e6))["objects"]


def test_two_nations_on_one_object_are_a_conflict_with_the_reason(make):
    first = make.event("engagement-claim", "alpha", make.claim(battery="a-1"), 10)
    second = make.event("engagement-claim", "bravo", make.claim(battery="b-1", off_m=(100, 0, 0)), 20)
    ((one),) = objects(first, second, make=make)
    (finding,) = one["findings"]
    assert finding["what"] == "conflict"
    assert finding["partners"] == ["alpha", "bravo"]
    assert finding["about"] == [first["reference"], second["reference"]]
    assert finding["text"] == "alpha and bravo each claim this object"
    # 100 m with 100 m from each: a squared distance of 1/2.
    assert finding["reasons"] == [
        "alpha (a-1) and bravo (b-1): predicted 0.1 km apart, squared distance 0.5, "
        "at most 16.27 is one object"
    ]


def test_two_objects_are_no_conflict(make):
    far = make.claim(off_m=(50e3, 0, 0))
    found = objects(
        make.event("engagement-claim", "alpha", make.claim(), 10),
        make.event("engagement-claim", "bravo", far, 20),
        make=make,
    )
    assert [len(each["entries"]) for each in found] == [1, 1]
    assert not any(each["findings"] for each in found)


def test_a_nation_that_tells_two_objects_apart_means_two(make):
    """A third claim that fits both goes to the nearer one."""
    found = objects(
        make.event("engagement-claim", "alpha", make.claim(track="a"), 10),
        make.event("engagement-claim", "alpha", make.claim(track="b", off_m=(300, 0, 0)), 11),
        make.event("engagement-claim", "bravo", make.claim(off_m=(220, 0, 0)), 12),
        make=make,
    )
    assert [[entry["source_track"] for entry in each["entries"]] for each in found] == [["a"], ["b", None]]
    assert [each["what"] for each in found[1]["findings"]] == ["conflict"]


def test_two_batteries_of_one_nation_are_a_duplicate(make):
    ((one),) = objects(
        make.event("engagement-claim", "alpha", make.claim(battery="a-2"), 10),
        make.event("engagement-claim", "alpha", make.claim(battery="a-1"), 11),
        make=make,
    )
    (finding,) = one["findings"]
    assert (finding["what"], finding["text"]) == (
        "duplicate",
        "alpha claims this object 2 times, by a-1 and a-2",
    )


@pytest.mark.parametrize(
    ("kinds", "text"),
    [
        (("intent", "intent"), "alpha and bravo each mean to engage this object"),
        (("claim", "intent"), "bravo still means to engage what alpha claims"),
    ],
)
def test_intentions_that_overlap_are_shown(kinds, text, make):
    ((one),) = objects(
        *(
            make.event(f"engagement-{kind}", sender, make.claim(), 10)
            for kind, sender in zip(kinds, ("alpha", "bravo"), strict=True)
        ),
        make=make,
    )
    assert [(each["what"], each["text"]) for each in one["findings"]] == [("overlap", text)]


def test_a_claim_on_the_own_intention_is_nothing_to_remark(make):
    ((one),) = objects(
        make.event("engagement-intent", "alpha", make.claim(), 10),
        make.event("engagement-claim", "alpha", make.claim(), 20),
        make=make,
    )
    assert one["findings"] == []


@pytest.mark.parametrize("how", ["cancelled", "done", "past"])
def test_a_claim_that_is_over_is_no_conflict_any_more(how, make):
    first = make.event("engagement-claim", "alpha", make.claim(until=30.0 if how == "past" else 600.0), 10)
    second = make.event("engagement-claim", "bravo", make.claim(), 20)
    end = {
        "cancelled": make.event("cancellation", "alpha", {}, 25, concerns=[first]),
        "done": make.event("acknowledgement", "alpha", {"says": "done", "role": "x"}, 25, concerns=[first]),
        "past": make.event("text", "alpha", {"text": "x"}, 25),
    }[how]
    assert [each["findings"] for each in objects(first, second, end, now_s=31, make=make)] == [[]]


def test_only_who_holds_a_claim_can_end_it(make):
    first = make.event("engagement-claim", "alpha", make.claim(), 10)
    second = make.event("engagement-claim", "bravo", make.claim(), 20)
    ends = [
        make.event("cancellation", "bravo", {}, 25, concerns=[first]),
        make.event("acknowledgement", "bravo", {"says": "done", "role": "x"}, 26, concerns=[first]),
    ]
    ((one),) = objects(first, second, *ends, make=make)
    assert [each["what"] for each in one["findings"]] == ["conflict"]


def handed(make, *answers, sender="alpha"):
    first = make.event("engagement-claim", "alpha", make.claim(), 10)
    offer = make.event("hand-over", sender, {"to": "bravo", "answer_by": make.at(60)}, 20, concerns=[first])
    told = [
        make.event("acknowledgement", who, {"says": says, "role": "officer"}, seconds, concerns=[offer])
        for who, says, seconds in answers
    ]
    return board(first, offer, *told).to_dict(make.NOON_US + 50_000_000)


@pytest.mark.parametrize(
    ("answers", "state", "text", "holder"),
    [
        ((), "open", "bravo has not answered", "alpha"),
        ((("bravo", "seen", 30),), "open", "bravo has not answered", "alpha"),
        ((("charlie", "accepted", 30),), "open", "bravo has not answered", "alpha"),
        ((("bravo", "seen", 30), ("bravo", "accepted", 40)), "accepted", "bravo has accepted", "bravo"),
        ((("bravo", "declined", 30), ("bravo", "accepted", 40)), "declined", "bravo has declined", "alpha"),
        ((("bravo", "accepted", 61),), "too-late", "bravo accepted after 2026-06-15T12:01:00", "alpha"),
    ],
)
def test_a_hand_over_holds_from_the_acceptance_of_who_is_asked(answers, state, text, holder, make):
    found = handed(make, *answers)
    ((offer),) = found["hand_overs"]
    assert (offer["state"], offer["to"]) == (state, "bravo")
    assert offer["text"].startswith(text)
    assert found["objects"][0]["entries"][0]["holder"] == holder
    # 10 s are left at 12:00:50 while it is open, and nothing once it is answered.
    assert (offer["left_s"], offer["overdue"]) == ((10.0, False) if state == "open" else (None, False))


def test_what_somebody_else_holds_cannot_be_handed_over(make):
    found = handed(make, ("bravo", "accepted", 30), sender="charlie")
    assert found["hand_overs"][0]["state"] == "not-by-holder"
    assert found["hand_overs"][0]["text"] == "charlie offers what alpha holds"
    assert found["objects"][0]["entries"][0]["holder"] == "alpha"


def test_a_claim_whose_position_is_not_shown_stays_alone(make):
    shown = {"object": {"impact_time": make.at(500)}}
    found = objects(
        make.event("engagement-claim", "alpha", make.claim(), 10),
        make.event("engagement-claim", "bravo", shown, 20, quality="impact-area"),
        make=make,
    )
    assert [[entry["compared"] for entry in each["entries"]] for each in found] == [[True], [False]]


def test_an_exercise_and_what_is_meant_in_earnest_are_not_mixed(make):
    found = objects(
        make.event("engagement-claim", "alpha", make.claim(), 10),
        make.event("engagement-claim", "bravo", make.claim(), 20, exercise="GAME"),
        make=make,
    )
    assert [each["exercise"] for each in found] == [None, "GAME"]


def test_a_vague_claim_is_a_doubt_and_no_conflict(make):
    vague = make.claim(sigma_m=80e3, battery="v-1")
    found = objects(
        make.event("engagement-claim", "alpha", make.claim(battery="a-1"), 10),
        make.event("engagement-claim", "bravo", vague, 20),
        make=make,
    )
    assert [each["findings"] for each in found] == [[], []]
    assert found[0]["doubts"][0].startswith("perhaps also bravo (v-1): predicted 0.0 km apart")


def test_the_order_of_events_does_not_matter(make):
    events = [
        make.event("engagement-claim", "alpha", make.claim(track="a"), 10),
        make.event("engagement-claim", "alpha", make.claim(track="b", off_m=(300, 0, 0)), 11),
        make.event("engagement-claim", "bravo", make.claim(off_m=(220, 0, 0)), 12),
        make.event("engagement-intent", "charlie", make.claim(off_m=(50, 0, 0)), 13),
    ]
    told = {str(objects(*order, make=make)) for order in itertools.permutations(events)}
    assert len(told) == 1


def test_the_own_track_of_the_recipient_is_the_nearest_within_the_gate(make):
    tracks = [
        {
            "number": number,
            "status": "new",
            **make.state(off_m=(off, 0, 0)),
            "sources": [],
            "quality": "covariance",
        }
        for number, off in ((3, 40e3), (4, 200), (5, 100), (6, 900e3))
    ]
    found = board(make.event("engagement-claim", "bravo", make.claim(), 10))
    found.take("data", {"type": "picture", "at": make.at(1), "policy": "p", "tracks": tracks})
    assert found.to_dict()["objects"][0]["track"] == 5
