"""Whatever a partner sends, the reader gives a message or an InputError, and a written message comes back."""

from datetime import UTC, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.core.errors import InputError
from synaspis.engine.ephemeris import Ephemeris
from synaspis.gateways import Oem, OemSegment, read_oem, write_oem

EPOCH = datetime(2018, 5, 25, 12, tzinfo=UTC)
PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)


def straight(start_s: float, steps_s: list[float], speed_m_s: float) -> Ephemeris:
    time_s = start_s + np.concatenate([[0.0], np.cumsum(steps_s)])
    velocity = np.tile([0.0, speed_m_s, 0.0], (time_s.size, 1))
    return Ephemeris(time_s, np.array([6.6e6, 0.0, 0.0]) + velocity * (time_s - start_s)[:, None], velocity)


PATHS = st.builds(
    straight,
    start_s=st.floats(-1000.0, 1000.0),
    steps_s=st.lists(st.floats(1e-3, 120.0), min_size=1, max_size=20),
    speed_m_s=st.floats(-8000.0, 8000.0),
)
TEXT = write_oem(Oem(EPOCH, "S", EPOCH, (OemSegment("ONE", "1", straight(0.0, [10.0] * 5, 3000.0)),)))


@given(path=PATHS, name=PRINTABLE, identifier=PRINTABLE)
@settings(max_examples=60, deadline=None)
def test_a_written_message_comes_back(path, name, identifier):
    message = Oem(EPOCH, "S", EPOCH, (OemSegment(name, identifier, path),))
    (segment,) = read_oem(write_oem(message), epoch=EPOCH).segments
    assert (segment.object_name, segment.object_id) == (name, identifier)
    assert np.abs(segment.ephemeris.time_s - path.time_s).max() <= 1.001e-9
    assert np.abs(segment.ephemeris.position_ecef_m - path.position_ecef_m).max() < 1e-6
    assert np.abs(segment.ephemeris.velocity_ecef_m_s - path.velocity_ecef_m_s).max() < 1e-9


def read_or_refuse(text: str) -> None:
    refused: InputError | None = None
    try:
        found = read_oem(text, source="x.oem")
    except InputError as error:
        refused = error
    if refused is not None:
        last = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
        assert all(fault.line is None or 1 <= fault.line <= last for fault in refused.faults)
        return
    for segment in found.segments:
        assert np.all(np.isfinite(segment.ephemeris.position_ecef_m))
        assert np.all(np.diff(segment.ephemeris.time_s) > 0.0)


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text(text):
    read_or_refuse(text)
    read_or_refuse("CCSDS_OEM_VERS = 2.0\n" + text)


@given(
    where=st.integers(0, len(TEXT) - 1),
    length=st.integers(0, 60),
    patch=st.text(st.characters(codec="utf-8"), max_size=20)
    | st.sampled_from(["nan", "META_START\n", "\n", "= ", "1e400", "-"]),
)
@settings(max_examples=300, deadline=None)
def test_any_patch_of_a_good_message(where, length, patch):
    read_or_refuse(TEXT[:where] + patch + TEXT[where + length :])


@given(st.permutations(TEXT.splitlines()))
@settings(max_examples=50, deadline=None)
def test_any_order_of_lines(rows):
    read_or_refuse("\n".join(rows))
