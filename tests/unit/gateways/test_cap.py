"""Alerts against the schema of OASIS (authorities/oasis-cap-1.2), checked by xmlschema."""

import re
from dataclasses import replace
from math import radians
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from synaspis.core.clock import SECOND_US, from_rfc3339
from synaspis.core.errors import InputError
from synaspis.gateways.cap import NAMESPACE, Alert, AlertName, write_cap

ROOT = Path(__file__).parents[3]
SCHEMA = xmlschema.XMLSchema(ROOT / "authorities" / "oasis-cap-1.2" / "CAP-v1.2.xsd")
SENT_US = from_rfc3339("2026-11-22T06:30:00.900000Z")
RING = tuple((radians(a), radians(b)) for a, b in ((44.0, 26.0), (44.5, 26.0), (44.5, 26.5), (44.0, 26.0)))

FIRST = Alert(
    name=AlertName("centre.example", "a-1", SENT_US),
    kind="Alert",
    area="Bucharest",
    polygons=(RING,),
    impact_us=SENT_US + 325 * SECOND_US,
    impact_sigma_s=5.0,
    source="fused picture of the centre",
)
UPDATE = replace(
    FIRST, name=AlertName("centre.example", "a-2", SENT_US), kind="Update", earlier=(FIRST.name,)
)
CANCEL = replace(UPDATE, name=AlertName("centre.example", "a-3", SENT_US), kind="Cancel")


def text_of(alert: Alert, path: str) -> str | None:
    root = ElementTree.fromstring(write_cap(alert))
    return root.findtext("/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/")))


@pytest.mark.parametrize(
    "alert", [FIRST, UPDATE, CANCEL, replace(FIRST, exercise="DRILL")], ids=lambda a: a.kind
)
def test_alerts_are_valid_against_the_schema(alert: Alert):
    SCHEMA.validate(write_cap(alert))


def test_the_schema_notices_an_alert_that_is_not_valid():
    with pytest.raises(xmlschema.XMLSchemaValidationError, match="Maybe"):
        SCHEMA.validate(write_cap(FIRST).replace(b"<status>Actual</status>", b"<status>Maybe</status>"))


def test_time_to_impact_is_said_in_words_and_as_a_number():
    assert text_of(FIRST, "info/headline") == "Missile impact expected in Bucharest in 5 min 25 s"
    assert text_of(FIRST, "info/parameter/value") == "325"


def test_utc_is_written_with_minus_zero():
    # CAP 1.2, section 3.2.1: the letter Z is not to be used, UTC is -00:00.
    assert text_of(FIRST, "sent") == "2026-11-22T06:30:00-00:00"


def test_an_update_and_a_cancellation_name_what_they_replace():
    assert text_of(UPDATE, "references") == "centre.example,a-1,2026-11-22T06:30:00-00:00"
    assert text_of(CANCEL, "info/responseType") == "AllClear"
    assert text_of(CANCEL, "info/headline") == "All clear for Bucharest"


def test_an_exercise_is_marked_in_status_note_and_headline():
    drill = replace(FIRST, exercise="DRILL 26")
    assert text_of(drill, "status") == "Exercise"
    assert text_of(drill, "note") == "EXERCISE DRILL 26. This is not a real warning."
    assert (text_of(drill, "info/headline") or "").startswith("EXERCISE: ")


def test_polygons_close_and_are_latitude_first():
    ring = (text_of(FIRST, "info/area/polygon") or "").split()
    assert ring[0] == ring[-1] == "44.0000,26.0000"


@given(
    area=st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=40),
    left_s=st.integers(-500, 4000),
    sigma_s=st.floats(0.0, 1000.0),
)
def test_whatever_the_area_is_called_the_alert_is_valid(area: str, left_s: int, sigma_s: float):
    alert = replace(FIRST, area=area, impact_us=SENT_US + left_s * SECOND_US, impact_sigma_s=sigma_s)
    SCHEMA.validate(write_cap(alert))


def test_all_faults_of_an_alert_are_told_together():
    with pytest.raises(InputError, match="3 faults") as caught:
        replace(FIRST, name=AlertName("a b", "x,y", 0), polygons=(RING[:3],))
    message = str(caught.value)
    assert re.search(r"sender: 'a b' holds a space, comma, '<' or '&'", message)
    assert "a ring of 3 points that is not closed" in message


def test_an_update_without_an_earlier_alert_is_refused():
    with pytest.raises(InputError, match="an alert of kind Update refers to 0 earlier alerts"):
        replace(FIRST, kind="Update")


def test_a_name_that_xml_cannot_hold_is_refused():
    with pytest.raises(
        InputError, match=r"area: 'a\\x00b' is empty or holds characters that cannot be printed"
    ):
        replace(FIRST, area="a\x00b")
