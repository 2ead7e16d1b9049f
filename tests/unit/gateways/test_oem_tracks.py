"""Delivered tracks as an ephemeris message: what the `oem` package reads, and what is listed as left out."""

import json
from dataclasses import replace

import numpy as np
import pytest
from oem import OrbitEphemerisMessage

from synaspis.agreement import Label
from synaspis.core.clock import from_rfc3339
from synaspis.core.errors import InputError
from synaspis.gateways import oem_of_track, picture_of

NOW_US = from_rfc3339("2026-11-25T07:00:00Z")


def states(picture):
    """Two states of track 3, the later one first and without its covariance."""
    later = {
        **picture["tracks"][0],
        "time": "2026-11-25T06:27:33.500000Z",
        "position_ecef_m": [4.1e6, 3e6, 5e6],
    }
    del later["covariance"]
    picture["tracks"] = [later, picture["tracks"][0]]
    return picture_of(picture, recipient="northland").tracks


def written(tracks):
    return oem_of_track(tracks, originator="northland", created_us=NOW_US)


def test_another_program_reads_states_and_covariances(picture, tmp_path):
    file = tmp_path / "tracks.oem"
    file.write_text(written(states(picture)).product)
    message = OrbitEphemerisMessage.open(file)
    (first,) = message.segments
    assert (first.metadata["OBJECT_NAME"], first.metadata["OBJECT_ID"]) == ("T3", "northland.3")
    assert (first.metadata["REF_FRAME"], first.metadata["TIME_SYSTEM"]) == ("ITRF2000", "UTC")
    states_read = list(first.states)
    assert [list(state.position) for state in states_read] == [
        [4000.0, 3000.0, 5000.0],
        [4100.0, 3000.0, 5000.0],
    ]
    assert list(states_read[0].velocity) == [1.0, -2.0, 3.0]
    (covariance,) = first.covariances
    # 900 m2 are 9e-4 km2.
    assert np.diag(covariance.matrix) == pytest.approx([9e-4, 1.6e-3, 2.5e-3, 1e-6, 1e-6, 1e-6])


def test_the_marking_stands_in_each_segment(picture):
    text = written(states(picture)).product
    assert text.splitlines()[1] == "COMMENT EXERCISE WINTER ROCKET 2026"
    assert (
        text.count("COMMENT MARKING EXERCISE WINTER ROCKET 2026 // EXERCISE RESTRICTED / Releasable to") == 1
    )
    assert "COMMENT IMPACT 44.4300,26.1000 at 2026-11-25T06:40:12Z" in text
    assert max(map(len, text.splitlines())) <= 254


def test_the_label_stands_whole_over_several_lines(picture):
    """The `oem` package reads over comments, so the lines of the standard's form are put together here."""
    comments = [line.removeprefix("COMMENT ") for line in written(states(picture)).product.splitlines()]
    lines = [line for line in comments if line.startswith("LABEL")]
    text = "".join(line.partition(" ")[2] for line in lines)
    assert [line.partition(" ")[0] for line in lines] == ["LABEL", "LABEL+"]
    assert Label.from_json(json.loads(text)) == picture_of(picture, recipient="n").tracks[0].labels[0]


def test_the_last_prediction_stands_in_comments_and_that_there_were_others_is_listed(picture):
    first, last = picture["tracks"][0], {**picture["tracks"][0], "time": "2026-11-25T06:27:33.500000Z"}
    last["impact"] = {**first["impact"], "latitude_deg": 45.0}
    picture["tracks"] = [first, last]
    carried = written(picture_of(picture, recipient="northland").tracks)
    assert "COMMENT IMPACT 45.0000,26.1000 at 2026-11-25T06:40:12Z" in carried.product
    assert "COMMENT IMPACT_COVARIANCE_M2 1000000 0 1000000" in carried.product
    assert "COMMENT IMPACT_SIGMA_S 2" in carried.product
    assert [str(each) for each in carried.not_carried] == [
        "track 3: earlier impact is not carried: a segment has those of its last state alone"
    ]


def test_mixed_exercises_and_no_states_are_refused(picture):
    with pytest.raises(InputError, match="there is no state of such a track"):
        written([])
    first, second = picture_of(picture, recipient="n").tracks
    (other, _) = picture_of({**picture, "exercise": "OTHER"}, recipient="n").tracks
    with pytest.raises(
        InputError, match=r"several objects: T3 of WINTER ROCKET 2026, T4 of WINTER ROCKET 20"
    ):
        written([first, replace(second, time_us=0)])
    with pytest.raises(InputError, match="several objects: T3 of OTHER, T3 of WINTER ROCKET 2026"):
        written([first, replace(other, time_us=0)])
