"""What cannot be drawn is refused where it is made."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
import shapely

from synaspis.gateways import Area, Marks, Place, Track

EMPTY = shapely.MultiPolygon()


def test_the_marking_is_one_line(marks):
    assert marks.line == "UNCLASSIFIED // NOTIONAL"


def test_a_track_spans_its_nodes(tracks, epoch):
    assert tracks[0].span == (epoch, epoch + timedelta(seconds=600))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Place("x", "a", 1.6, 0.0), "x: latitude is 1.6 rad; allowed is -1.5708 to 1.5708 rad"),
        (lambda: Place("x", "a", np.nan, 0.0), "x: latitude is nan rad; allowed is"),
        (lambda: Place("x", "a", 0.0, 4.0), "x: longitude is 4.0 rad; allowed is -3.1416 to 3.1416 rad"),
        (lambda: Place("x", "a", 0.0, 0.0, np.inf), "x: height is inf m; it must be finite"),
        (
            lambda: Place("x", "a", 0.0, 0.0, colour="red"),
            "x: colour is 'red'; allowed is #rrggbb in small letters",
        ),
        (lambda: Place("x\x00", "a", 0.0, 0.0), r"text 'x\x00' holds control characters"),
        (
            lambda: Place("x", "a", 0.0, 0.0, properties={"k": "\x1b"}),
            r"text '\x1b' holds control characters",
        ),
        (lambda: Marks("\ud800"), r"text '\ud800' holds control characters"),
        (lambda: Area("x", "a", EMPTY, opacity=1.1), "x: opacity is 1.1; allowed is 0 to 1"),
        (
            lambda: Area("x", "a", EMPTY, properties={"k": np.nan}),
            "x: property k is nan; it must be finite, or None",
        ),
        (
            lambda: Area("x", "a", EMPTY, begin=date(2018, 1, 1), end=date(2018, 1, 1)),
            "x: begins on 2018-01-01 and ends on 2018-01-01; the end must be later",
        ),
    ],
)
def test_faulty_features(make, text):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is compared as it is, not as a pattern
        make()
    assert text in str(caught.value)


def test_an_epoch_without_zone_is_refused(flight):
    with pytest.raises(ValueError, match="x: the epoch 2018-01-01T00:00:00 has no time zone; give it one"):
        Track("x", "a", flight, datetime(2018, 1, 1))  # noqa: DTZ001
    assert Track("x", "a", flight, datetime(2018, 1, 1, tzinfo=UTC)).span[0].year == 2018
