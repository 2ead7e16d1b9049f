"""The two days that ship: what was published of them, and what each side would have known."""

from pathlib import Path

import pytest

from synaspis.core.errors import InputError
from synaspis.exchange.script import Played, load_script, play, script_ids


def played(name: str, agreements: str | None = None) -> Played:
    script, path = load_script(name)
    return play(script, path, agreements=agreements)


def seen(result: Played, partner: str) -> list[tuple[str, str]]:
    [saw] = [saw for saw in result.saw if saw.partner == partner]
    return [(event["message"]["sender"], event["message"]["kind"]) for event in saw.received]


def test_what_was_below_the_threshold_was_seen_and_not_passed_on():
    result = played("chechnya-1999")
    assert seen(result, "us") == [("us", "launch-report")]
    assert seen(result, "ru") == []
    [russia] = [saw for saw in result.saw if saw.partner == "ru"]
    [withheld] = russia.withheld
    assert any("reports-over-500-km would permit" in reason for reason in withheld["why_not"])


def test_without_the_threshold_russia_would_have_known_a_minute_later():
    result = played("chechnya-1999", "strategic-stability-1999-all-launches")
    [russia] = [saw for saw in result.saw if saw.partner == "ru"]
    [event] = russia.received
    # The delay of the clause is 60 s; the report came in at noon.
    assert event["at"] == "1999-12-31T12:01:00.000000Z"
    assert event["why"] == [{"agreement": "joint-watch", "clause": "reports-of-every-launch"}]
    assert [finding["rule"] for finding in event["findings"]] == ["plns-2000/threshold"]
    assert russia.withheld == ()


def test_the_disputed_flight_is_accepted_flagged_and_asked_about():
    result = played("disputed-launch-2022")
    japan = seen(result, "jp")
    assert japan[:2] == [("jp", "launch-report"), ("kp", "launch-report")]
    assert japan[2:] == [("centre", "ambiguity-query")] * 2
    [saw] = [saw for saw in result.saw if saw.partner == "jp"]
    queries = [event["message"]["body"] for event in saw.received[2:]]
    rules = {finding["rule"]: finding["margin"] for query in queries for finding in query["findings"]}
    assert set(rules) == {"check/time", "compare/time-of-flight"}
    assert all(margin < 0.0 for margin in rules.values())


def test_who_may_not_see_the_other_report_is_asked_about_its_own_alone():
    result = played("disputed-launch-2022")
    assert seen(result, "kp") == [("kp", "launch-report"), ("centre", "ambiguity-query")]
    [saw] = [saw for saw in result.saw if saw.partner == "kp"]
    assert len(saw.received[1]["message"]["body"]["about"]) == 1


@pytest.mark.parametrize("name", script_ids())
def test_a_script_played_twice_gives_the_same(name: str):
    assert played(name).to_dict() == played(name).to_dict()


def test_an_unknown_script_is_named_with_the_nearest():
    with pytest.raises(
        InputError, match=r"there is no script 'chechnya-2000'\. Did you mean 'chechnya-1999'\?"
    ):
        load_script("chechnya-2000")


def test_all_faults_of_a_script_are_told_together(tmp_path: Path):
    text = Path(load_script("chechnya-1999")[1]).read_text(encoding="utf-8")
    path = tmp_path / "x.yaml"
    path.write_text(
        text.replace("kind: launch-report", "kind: launch-repor").replace("starts: 1999", "starts: 199")
    )
    with pytest.raises(InputError, match="2 faults") as caught:
        load_script(path)
    assert "'launch-repor' is no kind of message. Did you mean 'launch-report'?" in str(caught.value)
    assert "is not a time such as" in str(caught.value)


def test_a_sender_and_a_body_that_the_book_and_the_format_do_not_know(tmp_path: Path):
    text = Path(load_script("chechnya-1999")[1]).read_text(encoding="utf-8")
    path = tmp_path / "x.yaml"
    path.write_text(
        text.replace("sender: us", "sender: uz").replace("latitude_deg: 43.74", "latitude_deg: 143.74")
    )
    script, where = load_script(path)
    with pytest.raises(InputError, match="2 faults") as caught:
        play(script, where)
    assert "steps[0].sender: 'uz' is no partner of the book" in str(caught.value)
    assert "steps[0].body.launch.latitude_deg" in str(caught.value)
