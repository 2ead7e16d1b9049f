"""Delivered tracks as an ephemeris message: what the `oem` package reads, and what is listed as left out."""

from dataclasses import replace

import numpy as np
import pytest
from oem import OrbitEphemerisMessage

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


def test_what_is_left_out_is_listed(picture):
    assert [each.what for each in written(states(picture)).not_carried] == [
        "launch and impact",
        "the label as JSON",
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
