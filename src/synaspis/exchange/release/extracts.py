"""What each level shows of each kind of message: one table, and the function that applies it.

An extract holds the fields named here and nothing that was computed from any other. Free text and the
findings of rules may repeat any number, so they stand in no extract below the level at which all numbers do.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from synaspis.messages import Correction, Message

_NOTHING: Final = ((), (), ())

_ENGAGED: Final = (
    (),
    ("object.impact_area", "object.impact_time"),
    ("object.time", "object.position_ecef_m", "object.velocity_ecef_m_s", "battery", "window"),
)

_ADDED: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]] = {
    "pre-launch-notification": (
        (),
        ("window", "impact_areas"),
        ("under", "missile_class", "number", "launch_area", "azimuth_deg", "range_m", "apogee_m"),
    ),
    "post-launch-notification": (
        (),
        ("impact_areas", "impact_time"),
        ("under", "missile_class", "number", "launch_time", "launch_area", "azimuth_deg"),
    ),
    "launch-report": (
        (),
        ("impact.latitude_deg", "impact.longitude_deg", "impact_time.time"),
        (
            "launch_time.time",
            "launch.latitude_deg",
            "launch.longitude_deg",
            "missile_class",
            "number",
            "azimuth.azimuth_deg",
            "apogee.value_m",
            "range.value_m",
            "sources",
        ),
    ),
    # Track reports are never shown one by one: position and above go into a picture, the rest is computed.
    "track-report": _NOTHING,
    "sensor-status": ((), (), ("sensor", "sensor_kind", "state", "since", "until", "coverage")),
    "warning": (("level",), ("area", "impact"), ("missile_class",)),
    "text": _NOTHING,
    "ambiguity-query": ((), (), ("answer_by",)),
    "ambiguity-answer": (("position",), (), ()),
    # Areas, batteries and times of a plan stand in one list, so that it is shown whole or not at all.
    "defence-plan": ((), ("to_defend",), ("plan", "tasks")),
    "engagement-intent": _ENGAGED,
    "engagement-claim": _ENGAGED,
    "hand-over": ((), (), ("to", "answer_by")),
    "acknowledgement": (("says",), (), ("role",)),
    "response": ((), (), ("responses", "response", "role")),
    "exercise-control": (("action",), (), ("exercise_time", "speed", "to")),
    "cancellation": _NOTHING,
    "correction": _NOTHING,
}
"""Fields of the body that each level adds: presence, impact-area, position."""

EXTRACTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        kind: MappingProxyType(
            {
                "presence": presence,
                "impact-area": (*presence, *area),
                "position": (*presence, *area, *position),
            }
        )
        for kind, (presence, area, position) in _ADDED.items()
    }
)
"""Kind of message to level to the fields of its body that the level shows, as dotted paths.

A correction shows what the kind that it puts right shows. At the level `covariance` there is no extract: the
recipient gets the envelope as it was signed.
"""


def extract(message: Message, quality: str) -> dict[str, Any]:
    """What a level below `covariance` shows of a message, as a JSON object shaped like the body.

    Raises KeyError for the level `covariance`, which has no extract.
    """
    body = message.body.replacement if isinstance(message.body, Correction) else message.body
    written = body.model_dump(mode="json", exclude_none=True)
    shown: dict[str, Any] = {}
    for path in EXTRACTS[body.kind][quality]:
        _copy(written, shown, path.split("."))
    return shown


def _copy(source: Mapping[str, Any], target: dict[str, Any], path: list[str]) -> None:
    name, *rest = path
    if name not in source:
        return
    if not rest:
        target[name] = source[name]
    elif isinstance(source[name], Mapping):
        _copy(source[name], target.setdefault(name, {}), rest)
