"""Messages of every kind, made at random, survive writing and reading."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.agreement.label import Category, Label
from synaspis.messages import (
    BODIES,
    lower_triangle,
    missile_class_of,
    new_message,
    product_of,
    read_message,
    write_message,
)
from synaspis.messages.bodies import Correction
from synaspis.messages.fields import EARLIEST_US, LATEST_US
from synaspis.messages.message import PRODUCTS

HOUR_US = 3_600_000_000


def stamp(instant_us: int) -> str:
    return str(np.datetime64(instant_us, "us")) + "Z"


characters = st.characters(
    blacklist_categories=("Cs", "Cc"),
    blacklist_characters="\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff",
)
names = st.text(characters, min_size=1, max_size=80)
prose = st.text(characters | st.just("\n"), min_size=1, max_size=200)
ids = st.text("0123456789abcdef", min_size=32, max_size=32)
references = ids | st.text("0123456789abcdef", min_size=64, max_size=64)
partners = st.from_regex(r"[a-z][a-z0-9-]{0,62}", fullmatch=True)
instants = st.integers(EARLIEST_US, LATEST_US - 1)
classes = st.sampled_from(
    ["icbm", "slbm", "irbm", "mrbm", "srbm", "space-launch", "sounding-rocket", "unknown"]
)
lengths = st.floats(1e-3, 5e7)
points = st.fixed_dictionaries(
    {"latitude_deg": st.floats(-90, 90), "longitude_deg": st.floats(-180, 180) | st.integers(-180, 180)}
)
areas = st.fixed_dictionaries(
    {"centre": points, "radius_m": st.floats(1.0, 1e7)}, optional={"name": names}
) | st.fixed_dictionaries({"boundary": st.lists(points, min_size=3, max_size=6)}, optional={"name": names})
about = st.lists(references, max_size=3)


@st.composite
def windows(draw):
    begin, end = sorted([draw(instants), draw(instants)])
    return {"earliest": stamp(begin), "latest": stamp(end)}


@st.composite
def covariances(draw, variances):
    """A positive definite matrix with these bounds of variances: random correlations, mixed with none."""
    size = len(variances)
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    factor = random.normal(size=(size, size))
    mixed = factor @ factor.T
    sigmas = np.sqrt(np.diag(mixed))
    share = draw(st.floats(0.0, 0.9))
    correlations = share * mixed / np.outer(sigmas, sigmas) + (1 - share) * np.eye(size)
    spread = np.sqrt([draw(st.floats(low, high)) for low, high in variances])
    return correlations * np.outer(spread, spread)


@st.composite
def ground_covariances(draw):
    matrix = draw(covariances([(1e-3, 1e13)] * 2))
    return [float(matrix[at]) for at in ((0, 0), (0, 1), (1, 1))]


places = st.builds(
    lambda point, covariance: {**point, "covariance_m2": covariance}, points, ground_covariances()
)
estimates = st.fixed_dictionaries({"value_m": lengths, "sigma_m": lengths})


def times(instant_us):
    return st.fixed_dictionaries({"time": st.just(stamp(instant_us)), "sigma_s": st.floats(1e-3, 86_400)})


@st.composite
def vectors(draw, shortest, longest):
    direction = np.array(draw(st.tuples(*[st.floats(-1, 1)] * 3)))
    norm = float(np.linalg.norm(direction))
    direction = direction / norm if norm > 1e-3 else np.array([0.0, 0.0, 1.0])
    return [float(part) for part in draw(st.floats(shortest, longest)) * direction]


@st.composite
def tracks(draw, sent_at_us):
    return {
        "track": draw(names),
        "time": stamp(sent_at_us - draw(st.integers(0, HOUR_US))),
        "position_ecef_m": draw(vectors(6.4e6, 4.9e7)),
        "velocity_ecef_m_s": draw(vectors(0.0, 11_900.0)),
        "covariance": list(lower_triangle(draw(covariances([(1e-3, 1e13)] * 3 + [(1e-7, 1e8)] * 3)))),
        "estimate": draw(st.sampled_from(["track", "tracklet"])),
        "sensor": draw(st.sampled_from(["radar", "infrared", "fused", "other"])),
        "quality": draw(st.floats(0, 1) | st.sampled_from([0, 1])),
        "missile_class": draw(classes),
    }


@st.composite
def launches(draw):
    begin, end = sorted([draw(instants), draw(instants)])
    optional = {
        "azimuth": st.fixed_dictionaries(
            {"azimuth_deg": st.floats(0, 359.9), "sigma_deg": st.floats(1e-3, 180)}
        ),
        "impact": places,
        "impact_time": times(end),
        "apogee": estimates,
        "range": estimates,
        "remarks": prose,
        "number": st.sampled_from(["single", "multiple"]),
        "missile_class": classes,
    }
    needed = {
        "launch_time": times(begin),
        "launch": places,
        "sources": st.lists(st.sampled_from(["infrared", "radar", "other"]), min_size=1, max_size=3),
    }
    return draw(st.fixed_dictionaries(needed, optional=optional))


@st.composite
def after_launches(draw):
    begin, end = sorted([draw(instants), draw(instants)])
    needed = {
        "missile_class": classes,
        "number": st.sampled_from(["single", "multiple"]),
        "launch_time": st.just(stamp(begin)),
        "launch_area": areas,
    }
    optional = {
        "under": st.lists(names, max_size=3),
        "notification": ids,
        "azimuth_deg": st.floats(0, 359.9),
        "impact_areas": st.lists(areas, max_size=2),
        "impact_time": st.just(stamp(end)),
        "remarks": prose,
    }
    return draw(st.fixed_dictionaries(needed, optional=optional))


@st.composite
def statuses(draw):
    begin, end = sorted([draw(instants), draw(instants)])
    needed = {
        "sensor": names,
        "sensor_kind": st.sampled_from(["radar", "infrared", "other"]),
        "state": st.sampled_from(["operational", "degraded", "maintenance", "off"]),
        "since": st.just(stamp(begin)),
    }
    optional = {"until": st.just(stamp(end)), "coverage": areas, "remarks": prose}
    return draw(st.fixed_dictionaries(needed, optional=optional))


@st.composite
def spans(draw):
    begin, end = sorted([draw(instants), draw(instants)])
    return {"since": stamp(begin), "until": stamp(end)}


@st.composite
def objects(draw, sent_at_us):
    at_us = sent_at_us - draw(st.integers(0, HOUR_US))
    state = {
        "time": stamp(at_us),
        "position_ecef_m": draw(vectors(6.4e6, 4.9e7)),
        "velocity_ecef_m_s": draw(vectors(0.0, 11_900.0)),
    }
    if draw(st.booleans()):
        known = draw(covariances([(1e-3, 1e13)] * 3 + [(1e-7, 1e8)] * 3))
        state["covariance"] = list(lower_triangle(known))
    if draw(st.booleans()):
        state["impact_area"] = draw(areas)
        state["impact_time"] = stamp(min(at_us + draw(st.integers(0, HOUR_US)), LATEST_US - 1))
    return state


def engagements(sent_at_us):
    return st.fixed_dictionaries(
        {"object": objects(sent_at_us), "battery": names, "window": windows()}, optional={"remarks": prose}
    )


plans = st.fixed_dictionaries(
    {
        "plan": names,
        "tasks": st.lists(
            st.builds(
                lambda span, rest: {**span, **rest},
                spans(),
                st.fixed_dictionaries(
                    {"battery": names, "area": areas},
                    optional={
                        "radars": st.lists(names, max_size=2),
                        "against": st.lists(classes, max_size=2),
                    },
                ),
            ),
            max_size=2,
        ),
    },
    optional={
        "to_defend": st.lists(
            st.builds(lambda span, area: {**span, "area": area}, spans(), areas), max_size=2
        ),
        "remarks": prose,
    },
)
controls = st.fixed_dictionaries(
    {"action": st.sampled_from(["start", "pause", "resume", "end"]), "exercise_time": instants.map(stamp)},
    optional={"remarks": prose},
) | st.fixed_dictionaries(
    {"action": st.just("speed"), "exercise_time": instants.map(stamp), "speed": st.floats(1e-3, 1e3)}
)

STATEMENTS = {
    "pre-launch-notification": lambda _: st.fixed_dictionaries(
        {
            "missile_class": classes,
            "number": st.sampled_from(["single", "multiple"]),
            "window": windows(),
            "launch_area": areas,
        },
        optional={
            "under": st.lists(names, max_size=3),
            "azimuth_deg": st.floats(0, 359.9),
            "impact_areas": st.lists(areas, max_size=2),
            "range_m": lengths,
            "apogee_m": lengths,
            "remarks": prose,
        },
    ),
    "post-launch-notification": lambda _: after_launches(),
    "launch-report": lambda _: launches(),
    "track-report": tracks,
    "sensor-status": lambda _: statuses(),
    "warning": lambda _: st.fixed_dictionaries(
        {"level": st.sampled_from(["watch", "take-shelter", "all-clear"]), "area": areas},
        optional={"impact": windows(), "missile_class": classes, "about": about, "remarks": prose},
    ),
    "text": lambda _: st.fixed_dictionaries({"text": prose}, optional={"subject": names, "about": about}),
    "ambiguity-query": lambda _: st.fixed_dictionaries(
        {"about": st.lists(references, min_size=1, max_size=3), "question": prose},
        optional={
            "findings": st.lists(
                st.fixed_dictionaries(
                    {"rule": names, "text": prose},
                    optional={"margin": st.floats(allow_nan=False, allow_infinity=False), "unit": names},
                ),
                max_size=2,
            ),
            "answer_by": instants.map(stamp),
        },
    ),
    "ambiguity-answer": lambda _: st.fixed_dictionaries(
        {
            "query": ids,
            "position": st.sampled_from(["maintained", "corrected", "withdrawn", "not-known"]),
            "answer": prose,
        }
    ),
    "defence-plan": lambda _: plans,
    "engagement-intent": engagements,
    "engagement-claim": engagements,
    "hand-over": lambda _: st.fixed_dictionaries(
        {"claim": references, "to": partners}, optional={"answer_by": instants.map(stamp), "remarks": prose}
    ),
    "acknowledgement": lambda _: st.fixed_dictionaries(
        {
            "says": st.sampled_from(["seen", "accepted", "declined", "done"]),
            "role": names,
            "about": st.lists(references, min_size=1, max_size=3),
        },
        optional={"elsewhere": about, "remarks": prose},
    ),
    "response": lambda _: st.fixed_dictionaries(
        {"responses": names, "response": names, "role": names},
        optional={"about": about, "elsewhere": about, "remarks": prose},
    ),
    "exercise-control": lambda _: controls,
}


@st.composite
def bodies(draw, kind, sent_at_us):
    if kind in STATEMENTS:
        return draw(STATEMENTS[kind](sent_at_us))
    of = draw(st.sampled_from(sorted(STATEMENTS)))
    body = {"refers_to": {"id": draw(ids), "kind": of}}
    if draw(st.booleans()):
        body["reason"] = draw(prose)
    if kind == "correction":
        body["replacement"] = draw(STATEMENTS[of](sent_at_us))
    return body


labels = st.builds(
    Label,
    policy=names,
    classification=names,
    categories=st.lists(
        st.builds(
            Category,
            tag=names.filter(str.isprintable),
            type=st.sampled_from(["PERMISSIVE", "RESTRICTIVE", "INFORMATIVE"]),
            values=st.lists(names.filter(str.isprintable), max_size=3).map(tuple),
        ),
        max_size=2,
        unique_by=lambda category: category.tag,
    ).map(tuple),
    created_us=st.none() | instants,
).filter(lambda label: label.policy.isprintable() and label.classification.isprintable())


@st.composite
def documents(draw, kind):
    sent_at_us = draw(st.integers(EARLIEST_US + HOUR_US, LATEST_US - 1))
    document = {
        "schema": "synaspis.message/1",
        "kind": kind,
        "id": draw(ids),
        "sender": draw(partners),
        "sent_at": stamp(sent_at_us),
        "label": draw(labels).to_json(),
        "body": draw(bodies(kind, sent_at_us)),
    }
    if kind == "exercise-control":
        document["sender"] = "white"
    if kind == "exercise-control" or draw(st.booleans()):
        document["exercise"] = draw(names)
    return document


@pytest.mark.parametrize("kind", BODIES)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_message_survives_writing_and_reading(kind, data):
    document = data.draw(documents(kind))
    message = read_message(json.dumps(document).encode())
    written = write_message(message)
    again = read_message(written)
    assert again == message
    assert write_message(again) == written
    assert hash(again) == hash(message)
    # What was given is written; only what was left out may have been filled in.
    assert contains(json.loads(written), document)
    assert product_of(message) in set(PRODUCTS.values())
    body = message.body.replacement if isinstance(message.body, Correction) else message.body
    assert missile_class_of(message) in (None, getattr(body, "missile_class", None))


def contains(whole, part) -> bool:
    if isinstance(part, dict):
        return all(key in whole and contains(whole[key], value) for key, value in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(contains, whole, part))
    return bool(whole == part)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_message_made_of_the_parts_of_another_is_equal(data):
    kind = data.draw(st.sampled_from(sorted(BODIES)))
    message = read_message(json.dumps(data.draw(documents(kind))).encode())
    made = new_message(
        message.body,
        sender=message.sender,
        label=message.label,
        sent_at_us=message.sent_at_us,
        id=message.id,
        exercise=message.exercise,
    )
    assert (made.body, made.label, made.sent_at_us) == (message.body, message.label, message.sent_at_us)
