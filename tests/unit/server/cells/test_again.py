"""A house that ends and is opened again: sessions, streams and the exercise go on where they were."""

from pathlib import Path
from typing import Any

import pytest

from synaspis.core.clock import SystemClock
from synaspis.core.errors import InputError
from synaspis.server.cells import open_grounds


def test_everything_goes_on_after_an_end(
    tmp_path: Path, built_page: Path, open_house: Any, read: Any, texts_of: Any, asks: Any
) -> None:
    first = open_house(tmp_path / "data", built_page)
    white, de = first.enter("white"), first.enter("de")
    assert white.post("/api/white", json={"action": "start"}, headers=asks).status_code == 200
    for text in ("one", "two"):
        body = {"kind": "text", "body": {"text": text}}
        assert de.post("/api/act", json=body, headers=asks).status_code == 201
    before = read(de, until=lambda found: any("two" in text for text in texts_of(found)))
    last = [given for given, _, _ in before if given][-1]
    ended_us = first.house.clock.now_us()
    first.stop()

    second = open_house(tmp_path / "data", built_page)
    try:
        cookie = next(iter(de.cookies.values()))
        again = second.anonymous()
        again.cookies.set(second.house.hall.cookie, cookie)
        body = {"kind": "text", "body": {"text": "three"}}
        for _ in range(50):
            answer = again.post("/api/act", json=body, headers=asks)
            if answer.status_code == 201:
                break
        assert answer.status_code == 201, answer.text

        def whole(found: Any) -> bool:
            return any("three" in text for text in texts_of(found)) and any(e == "clock" for _, e, _ in found)

        after = read(again, until=whole, last=last)
        assert [text.split()[0] for text in texts_of(after)] == ["three"]
        clock = next(data for _, event, data in after if event == "clock")
        assert clock["state"] == "running"
        assert 0 <= second.house.clock.now_us() - ended_us < 60_000_000
        starts = [
            d for _, e, d in after if e == "message" and "start" in str(d["event"]["message"].get("body"))
        ]
        assert starts == []
    finally:
        second.stop()


def test_a_folder_is_not_gone_on_with_for_something_else(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "serve.yaml").write_text("schema: synaspis.serve/1\nscenario: europe\nseed: 1\nport: 0\n")
    with pytest.raises(InputError, match="the folder was made for the scenario europe, and gulf") as caught:
        open_grounds(folder, SystemClock(), scenario="gulf", exercise="first-exercise", seed=2)
    assert len(caught.value.faults) == 3


def test_people_play_nations_of_the_exercise(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'mars' is no nation of the exercise"):
        open_grounds(tmp_path / "data", SystemClock(), exercise="first-exercise", people=("mars",))
