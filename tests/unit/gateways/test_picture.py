"""Pictures of a partner, read from its events: what is shown is there, what is not is not, and all faults."""

import numpy as np
import pytest

from synaspis.core.errors import InputError
from synaspis.gateways import picture_of


def test_a_picture_is_read_as_it_was_shown(picture):
    shown = picture_of(picture, recipient="northland")
    first, second = shown.tracks
    assert (shown.exercise, first.name, first.quality) == ("WINTER ROCKET 2026", "T3", "covariance")
    assert np.diag(first.covariance).tolist() == [900.0, 1600.0, 2500.0, 1.0, 1.0, 1.0]
    assert str(first.impact) == "44.4300,26.1000 at 2026-11-25T06:40:12Z"
    assert first.labels[0].category("Releasable to").values == ("northland", "southland")
    assert (second.covariance, second.impact, second.quality) == (None, None, "position")


def test_a_covariance_is_mirrored_from_its_lower_triangle(picture):
    picture["tracks"][0]["covariance"][1] = 7.0  # row 1, column 0
    matrix = picture_of(picture, recipient="northland").tracks[0].covariance
    assert (matrix[1, 0], matrix[0, 1]) == (7.0, 7.0)


def test_several_labels_stay_several(picture):
    label = picture["tracks"][1].pop("label")
    picture["tracks"][1]["labels"] = [label, label]
    assert len(picture_of(picture, recipient="northland").tracks[1].labels) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"position_ecef_m": [float("nan"), 0.0, 0.0]}, r"position_ecef_m holds a number that is not finite"),
        ({"position_ecef_m": [1e12, 0.0, 0.0]}, r"position_ecef_m has a number beyond 1e\+09"),
        ({"position_ecef_m": [0.0, 0.0]}, r"position_ecef_m is no list of 3 numbers"),
        ({"velocity_ecef_m_s": ["1", 0.0, 0.0]}, r"velocity_ecef_m_s holds something that is no number"),
        ({"covariance": [-1.0] + [0.0] * 20}, r"covariance has a negative variance"),
        ({"number": True}, r"the number True of a track is no whole number from 1"),
        ({"status": "lost"}, r"the status 'lost' is not new, updated or ended"),
        ({"label": {}}, r"the key 'ConfidentialityInformation' is missing"),
        ({"time": "yesterday"}, r"'yesterday' is not a time"),
        ({"impact": {"latitude_deg": 91.0, "longitude_deg": 0.0}}, r"91.0, 0.0 is no latitude and longitude"),
    ],
)
def test_what_is_wrong_with_a_picture_is_said_of_each_track(picture, change, message):
    picture["tracks"][0] |= change
    del picture["tracks"][1]["time"]
    with pytest.raises(InputError, match=message) as raised:
        picture_of(picture, recipient="northland")
    assert {fault.where.partition(".")[0] for fault in raised.value.faults} == {"tracks[0]", "tracks[1]"}


def test_another_event_is_no_picture(picture):
    with pytest.raises(InputError, match="an event of the type 'notice'; a picture is needed"):
        picture_of({**picture, "type": "notice"}, recipient="northland")
    with pytest.raises(InputError, match="tracks is no list of at most 10,000"):
        picture_of({**picture, "tracks": [{}] * 10_001}, recipient="northland")
