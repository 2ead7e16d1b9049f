"""Limits are those of the texts that `data/rules` names; distances are closed forms or the map's."""

import math
from pathlib import Path

import pytest

from synaspis.core.clock import SECOND_US, from_rfc3339, to_rfc3339
from synaspis.core.errors import InputError
from synaspis.messages import Message
from synaspis.messages.rulebook import load_rules, packaged_rules
from synaspis.messages.rules import notification_findings

RECEIVED_US = from_rfc3339("2026-05-01T00:00:00Z")
HOUR_US = 3600 * SECOND_US
RULES = packaged_rules()
LABEL = {
    "Xmlns": "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0",
    "CreationTime": "2026-05-01T00:00:00Z",
    "ConfidentialityInformation": {"PolicyIdentifier": "P", "Classification": "UNCLASSIFIED", "Category": []},
}

# A test range on the east coast of India and one in the Bay of Bengal: far from the border in question.
CHANDIPUR = {"centre": {"latitude_deg": 21.45, "longitude_deg": 87.02}, "radius_m": 5_000.0}
BAY = {"centre": {"latitude_deg": 14.0, "longitude_deg": 88.0}, "radius_m": 20_000.0}


def message(kind: str, **body: object) -> Message:
    return Message.model_validate(
        {
            "kind": kind,
            "id": "0" * 32,
            "sender": "india",
            "sent_at": to_rfc3339(RECEIVED_US),
            "label": LABEL,
            "body": body,
        }
    )


def planned(under: str, *, notice_h: float = 96.0, long_h: float = 24.0, **more: object) -> Message:
    opens = RECEIVED_US + round(notice_h * HOUR_US)
    return message(
        "pre-launch-notification",
        **{
            "under": [under],
            "missile_class": "irbm",
            "number": "single",
            "window": {"earliest": to_rfc3339(opens), "latest": to_rfc3339(opens + round(long_h * HOUR_US))},
            "launch_area": CHANDIPUR,
            "impact_areas": [BAY],
            "azimuth_deg": 170.0,
            **more,
        },
    )


def rules_broken(given: Message) -> dict[str, float | None]:
    return {found.rule: found.margin for found in notification_findings(given, RECEIVED_US, RULES)}


@pytest.mark.parametrize(
    ("under", "missile_class", "notice_h"),
    [("launch-notification-1988", "icbm", 24.0), ("india-pakistan-2005", "irbm", 72.0)],
)
def test_notice_is_kept_to_the_second(under: str, missile_class: str, notice_h: float):
    enough = planned(under, notice_h=notice_h, missile_class=missile_class)
    short = planned(under, notice_h=notice_h - 1.0 / 3600.0, missile_class=missile_class)
    assert rules_broken(enough) == {}
    assert rules_broken(short) == {f"{under}/notice": pytest.approx(-1.0)}
    text = notification_findings(short, RECEIVED_US, RULES)[0].text
    assert text.startswith(f"The window opens {notice_h:.1f} h after the notification;")
    assert text.endswith("of notice are agreed.")


def test_a_window_may_be_five_days_long_and_no_longer():
    assert rules_broken(planned("india-pakistan-2005", long_h=120.0)) == {}
    longer = planned("india-pakistan-2005", long_h=121.0)
    assert rules_broken(longer) == {"india-pakistan-2005/window": pytest.approx(-3600.0)}
    assert "at most 5 d are agreed" in notification_findings(longer, RECEIVED_US, RULES)[0].text


def test_launch_and_impact_keep_their_distance_from_the_border():
    near = {"centre": {"latitude_deg": 31.634, "longitude_deg": 74.872}, "radius_m": 1_000.0}  # Amritsar
    broken = rules_broken(planned("india-pakistan-2005", launch_area=near, impact_areas=[near]))
    # Amritsar lies about 28 km from the border (test of geography.borders), less the radius of 1 km.
    assert broken["india-pakistan-2005/launch-distance"] == pytest.approx(-13e3, abs=7e3)
    assert broken["india-pakistan-2005/impact-distance"] == pytest.approx(-43e3, abs=7e3)


def test_a_ground_track_over_the_border_is_found():
    jaisalmer = {"centre": {"latitude_deg": 26.9, "longitude_deg": 71.9}, "radius_m": 1_000.0}
    kashmir = {"centre": {"latitude_deg": 34.1, "longitude_deg": 75.5}, "radius_m": 1_000.0}
    broken = rules_broken(planned("india-pakistan-2005", launch_area=jaisalmer, impact_areas=[kashmir]))
    # The line between them runs over Pakistan's Punjab: no distance is left of the 40 km.
    assert broken["india-pakistan-2005/path-distance"] == pytest.approx(-40e3, abs=3e3)


def test_a_launch_over_one_of_the_thresholds_has_to_be_reported():
    under = "plns-2000"
    assert rules_broken(planned(under, range_m=400e3, apogee_m=600e3)) == {}
    assert rules_broken(planned(under, range_m=501e3, apogee_m=100e3)) == {}
    low = planned(under, range_m=300e3, apogee_m=500e3)
    assert rules_broken(low) == {"plns-2000/threshold": pytest.approx(0.0)}
    assert (
        "range of 300 km and greatest height of 500 km"
        in notification_findings(low, RECEIVED_US, RULES)[0].text
    )


def launch_report(**more: object) -> Message:
    # Mozdok to Grozny, about 90 km: the three short-range missiles of 31 December 1999 (BBC, Denver Post).
    place = {"latitude_deg": 43.74, "longitude_deg": 44.65, "covariance_m2": [1e6, 0.0, 1e6]}
    return message(
        "launch-report",
        **{
            "launch_time": {"time": "1999-12-31T12:00:00Z", "sigma_s": 10.0},
            "launch": place,
            "missile_class": "srbm",
            "number": "multiple",
            "sources": ["infrared"],
            **more,
        },
    )


def test_the_scuds_of_1999_were_below_the_threshold():
    impact = {"latitude_deg": 43.32, "longitude_deg": 45.69, "covariance_m2": [1e6, 0.0, 1e6]}
    [finding] = notification_findings(launch_report(impact=impact), RECEIVED_US, RULES)
    assert finding.rule == "plns-2000/threshold"
    # 96 km by the haversine formula on a sphere of 6,371 km.
    phi, other = math.radians(43.74), math.radians(43.32)
    half = (
        math.sin((other - phi) / 2.0) ** 2
        + math.cos(phi) * math.cos(other) * math.sin(math.radians(45.69 - 44.65) / 2.0) ** 2
    )
    assert finding.margin == pytest.approx(2.0 * 6_371e3 * math.asin(math.sqrt(half)) - 500e3, abs=500.0)


def test_a_report_without_range_and_height_is_not_judged():
    assert rules_broken(launch_report()) == {}


def test_a_notification_that_gives_what_the_hague_code_asks_for_breaks_nothing():
    assert rules_broken(planned("hague-code-2002")) == {}


def test_fields_that_an_agreement_asks_for():
    broken = rules_broken(planned("hague-code-2002", azimuth_deg=None))
    assert broken == {"hague-code-2002/needed": None}


def test_an_agreement_that_is_unknown_or_does_not_speak_of_it_is_named():
    assert rules_broken(planned("tordesillas-1494")) == {"tordesillas-1494/unknown": None}
    assert rules_broken(planned("launch-notification-1988")) == {"launch-notification-1988/not-covered": None}


def test_other_kinds_have_no_rules():
    assert notification_findings(message("text", text="Good morning."), RECEIVED_US, RULES) == ()


def test_every_rulebook_in_the_package_is_read_and_names_listed_sources():
    from synaspis.catalogue import load_catalogue

    sources = load_catalogue().sources
    assert set(RULES) == {"hague-code-2002", "india-pakistan-2005", "launch-notification-1988", "plns-2000"}
    for rules in RULES.values():
        values = (rules.notice, rules.window_longest, rules.threshold_range, rules.threshold_apogee)
        assert {*rules.sources, *(value.source for value in values if value is not None)} <= set(sources)


def test_distances_without_a_border_are_refused(tmp_path: Path):
    path = tmp_path / "x.yaml"
    path.write_text(
        "schema: notification-rules/1\nid: x\nname: X\nsummary: X.\n"
        "kinds: [pre-launch-notification]\nsources: [x]\n"
        "launch_distance: {value: 40, unit: km, basis: assumed, note: for a test}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"distances are given without a `border`\. Name the two countries"):
        load_rules(path)
