"""The day `two-claims` on two centres: what each board shows at each step of it."""

import pytest

from synaspis.coordination import rehearse
from synaspis.coordination.rehearsal import centre_of
from synaspis.core.errors import InputError


def findings(day, clock, partner):
    return [each["what"] for one in day.at[clock][partner] for each in one["findings"]]


def test_what_agreements_call_coordination_goes_to_the_second_centre(day):
    for step in day.script.steps:
        expected = "data" if step.kind in ("track-report", "launch-report", "warning") else "coordination"
        assert centre_of(step) == expected


@pytest.mark.parametrize(
    ("clock", "alpha", "charlie"),
    [
        ("12:03:00", [], []),  # bravo alone means to
        ("12:03:30", ["overlap"], []),  # alpha claims; charlie knows 2 s later
        ("12:03:32", ["overlap"], ["overlap"]),
        ("12:04:00", ["conflict"], ["overlap"]),  # bravo claims the same
        ("12:04:02", ["conflict"], ["conflict"]),
        ("12:04:49", ["conflict"], ["conflict"]),
        ("12:04:50", ["duplicate"], ["conflict"]),  # bravo accepts the claim of alpha and has two
        ("12:05:00", [], ["duplicate"]),  # bravo takes its own back
        ("12:05:02", [], []),
    ],
)
def test_the_conflict_appears_and_is_resolved_by_those_who_have_it(clock, alpha, charlie, day):
    assert findings(day, clock, "alpha") == findings(day, clock, "white") == alpha
    assert findings(day, clock, "charlie") == charlie


def test_the_second_claim_of_bravo_is_on_another_object(day):
    sizes = [len(each["entries"]) for each in day.at["12:04:12"]["alpha"]]
    assert sizes == [3, 1]
    assert all(
        len({entry["battery"] for entry in one["entries"]}) <= 2 for one in day.at["12:04:12"]["alpha"]
    )


def test_the_claim_stands_beside_the_track_of_the_recipient(day):
    assert [each["track"] for each in day.at["12:04:12"]["alpha"]] == [1, None]
    # White is no partner of the data exchange centre in this book: it has no picture of its own.
    assert [each["track"] for each in day.at["12:04:12"]["white"]] == [None, None]


def test_after_the_hand_over_bravo_holds_the_claim_of_alpha(day):
    (entry,) = [
        entry for one in day.at["12:05:30"]["alpha"] for entry in one["entries"] if entry["sender"] == "alpha"
    ]
    assert (entry["kind"], entry["holder"]) == ("engagement-claim", "bravo")


def test_charlie_sees_neither_batteries_of_plans_nor_errors(day):
    found = day.played.boards["charlie"].to_dict()
    assert found["plans"]["tasks"] == []
    assert [each["partner"] for each in found["plans"]["to_defend"]] == ["alpha"]
    for centre, event in day.played.delivered["charlie"]:
        if centre == "coordination" and event["message"]["kind"].startswith("engagement"):
            assert event["quality"] == "position"
            assert "covariance" not in event["extract"]["object"]


def test_charlie_confirms_the_response_that_alpha_has_set_going(day):
    for name in ("alpha", "charlie", "white"):
        (one,) = [
            each
            for each in day.played.boards[name].to_dict()["acknowledgements"]
            if each["of"]["kind"] == "response"
        ]
        assert (one["from"], one["state"]) == ("charlie", "done")


def test_a_board_names_nothing_that_its_partner_was_not_delivered(day):
    for name, board in day.played.boards.items():
        delivered = {
            event["reference"]
            for _, event in day.played.delivered[name]
            if event["type"] == "message" and "reference" in event
        }
        assert set(references(board.to_dict())) <= delivered


def references(value):
    if isinstance(value, dict):
        for key, part in value.items():
            if key in ("reference", "object"):
                yield part
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def test_what_a_partner_may_not_see_does_not_change_a_byte_of_its_board(day):
    """Other tasks in the plan of alpha: Charlie sees the same, bravo does not."""
    steps = []
    for step in day.script.steps:
        if step.kind == "defence-plan" and step.sender == "alpha":
            task = {**step.body["tasks"][0], "battery": "alpha-9"}
            step = step.model_copy(update={"body": {**step.body, "tasks": (task,)}, "id": "9" * 32})
        steps.append(step)
    first, second = (
        rehearse(
            day.script.model_copy(update={"steps": tuple(each)}), day.path, responses="coordination-demo"
        ).boards
        for each in (
            [
                step.model_copy(update={"id": "9" * 32})
                if (step.kind, step.sender) == ("defence-plan", "alpha")
                else step
                for step in day.script.steps
            ],
            steps,
        )
    )
    assert first["charlie"].to_bytes() == second["charlie"].to_bytes()
    assert first["bravo"].to_bytes() != second["bravo"].to_bytes()


def test_the_same_day_gives_the_same_boards(day):
    again = rehearse(day.script, day.path, responses="coordination-demo")
    for name, board in day.played.boards.items():
        assert again.boards[name].to_bytes() == board.to_bytes()


def test_a_refusal_is_said_in_words(day):
    steps = tuple(step for step in day.script.steps if step.id != "c" * 32)
    with pytest.raises(InputError, match=r"the centre refused the hand-over of alpha \(refers-to-unknown\)"):
        rehearse(day.script.model_copy(update={"steps": steps}), day.path)
