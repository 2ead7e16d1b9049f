"""What a partner gets does not depend on what it may not see: whole random runs, byte for byte."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.agreement import Item
from synaspis.exchange.release import Releaser
from synaspis.exchange.settings import Settings
from synaspis.messages import Acknowledgement, AmbiguityAnswer, AmbiguityQuery, HandOver

PARTNERS = ("alpha", "bravo", "charlie", "delta")
PRODUCTS = ("track", "warning", "notification", "status", "consultation", "coordination")
LEVELS = (None, None, "presence", "impact-area", "position", "covariance", "covariance")
DELAYS_S = (0.0, 0.0, 0.3, 2.0)
PLAIN = (
    "launch-report",
    "warning",
    "pre-launch-notification",
    "sensor-status",
    "text",
    "defence-plan",
    "engagement-claim",
)
LAST_S = 8.0

seeds = st.integers(0, 2**32 - 1)


def random_rights(rng: np.random.Generator) -> dict[tuple[str, ...], tuple[str, float]]:
    rights = {}
    for recipient in PARTNERS:
        for sender in PARTNERS:
            for product in PRODUCTS:
                level = LEVELS[rng.integers(len(LEVELS))]
                if level is not None:
                    rights[recipient, sender, product] = (level, DELAYS_S[rng.integers(len(DELAYS_S))])
    return rights


def random_messages(make: SimpleNamespace, rng: np.random.Generator, senders: Any = PARTNERS) -> list[Any]:
    """Messages of all kinds, many at the same instants, among them such that rest on others."""
    messages: list[Any] = []
    for _ in range(int(rng.integers(10, 30))):
        sender = str(rng.choice(senders))
        at_s = float(rng.integers(0, 60)) * 0.1 + float(rng.choice([0.0, 0.013]))
        id = rng.bytes(16).hex()
        others = [each for each in messages if each.message.kind != "track-report"]
        choice = rng.random()
        if choice < 0.5 or not others:
            body: Any = make.track(
                max(at_s - float(rng.choice([0.0, 0.2])), 0.0),
                f"t{rng.integers(2)}",
                offset_m=float(rng.normal(0.0, 200.0)) + float(rng.choice([0.0, 90_000.0])),
                sigma_m=float(rng.choice([50.0, 500.0])),
            )
        elif choice < 0.75:
            body = make.example(str(rng.choice(PLAIN)))
        else:
            about = others[rng.integers(len(others))]
            at_s = max(at_s, (about.received_us - make.START_US) / 1e6)
            kind = about.message.kind
            if choice < 0.78:
                body = acknowledged((about.digest,)) if choice < 0.77 else offered(about.digest)
            elif choice < 0.85:
                names = (about.digest, others[rng.integers(len(others))].message.id)
                body = AmbiguityQuery(about=names, question="Is it so?")
                sender = str(rng.choice([sender, "centre"]))
            elif kind == "ambiguity-query":
                body = AmbiguityAnswer(query=about.message.id, position="corrected", answer="No.")
            elif kind in PLAIN:
                sender = about.message.sender
                body = make.cancellation(kind, about.message.id)
                if choice > 0.93:
                    body = make.correction(make.example(kind), about.message.id)
            else:
                continue
        exercise = "GAME" if rng.random() < 0.1 else None
        messages.append(make.accepted(body, sender, at_s, id=id, exercise=exercise))
    return sorted(messages, key=lambda message: message.received_us)


def acknowledged(about: tuple[str, ...]) -> Acknowledgement:
    return Acknowledgement(says="seen", role="watch", about=about)


def offered(claim: str) -> HandOver:
    return HandOver(claim=claim, to="delta")


def may_see(table: Any, partner: str, message: Any) -> bool:
    """Whether the rights give a partner anything of a message itself, whatever that rests on."""
    if message.message.sender == "centre":
        return True
    return any(name == partner for name, _ in table.recipients(message.item))


def run(
    make: SimpleNamespace, table: Any, messages: list[Any], cut_s: tuple[float, ...] = ()
) -> dict[str, list[bytes]]:
    """All events by recipient; at each instant of `cut_s` the releaser is written and read again."""
    releaser = Releaser(table, Settings(tick_us=make.TICK_US), make.SECRET)
    deliveries: list[Any] = []
    left = list(messages)
    for stop_s in (*sorted(cut_s), LAST_S, 60.0):
        stop_us = make.START_US + round(stop_s * 1e6)
        while left and left[0].received_us <= stop_us:
            releaser.accept(left.pop(0))
        deliveries += releaser.advance(stop_us)
        releaser = Releaser.from_bytes(
            releaser.to_bytes(), {table.version: table}, Settings(tick_us=make.TICK_US), make.SECRET
        )
    return make.feeds(deliveries)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_no_partner_gets_other_bytes_where_what_it_may_not_see_is_left_out(make, seed):
    rng = np.random.default_rng(seed)
    table = make.Table(PARTNERS, random_rights(rng))
    messages = random_messages(make, rng)
    whole = run(make, table, messages)
    for partner in PARTNERS:
        hidden = {message.digest for message in messages if not may_see(table, partner, message)}
        # The centre says nothing of its own about a message that is not there.
        without = [
            message
            for message in messages
            if message.digest not in hidden
            and not (message.message.sender == "centre" and hidden & set(message.message.body.about))
        ]
        assert run(make, table, without).get(partner) == whole.get(partner)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_nor_where_one_source_says_more_that_it_may_not_see(make, seed):
    """A partner without any right to a source, which sends at the same instants as others."""
    rng = np.random.default_rng(seed)
    rights = random_rights(rng)
    for product in PRODUCTS:
        rights.pop(("delta", "alpha", product), None)
    table = make.Table(PARTNERS, rights)
    quiet = random_messages(make, rng, PARTNERS[1:])
    loud = [message for message in random_messages(make, rng) if message.message.sender == "alpha"]
    both = sorted([*quiet, *loud], key=lambda message: message.received_us)
    assert run(make, table, both).get("delta") == run(make, table, quiet).get("delta")


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_covariances_change_nothing_for_who_may_not_see_them(make, seed):
    rng = np.random.default_rng(seed)
    rights = {
        key: right if key[0] != "delta" or right[0] != "covariance" else ("position", right[1])
        for key, right in random_rights(rng).items()
    }
    table = make.Table(PARTNERS, rights)
    messages = random_messages(make, rng, PARTNERS[:3])
    # Names of messages as they were: a digest covers the covariance, and who knows it has seen the whole.
    tracks = [message for message in messages if message.message.kind == "track-report"]
    others = [message for message in messages if message.message.kind in PLAIN]
    rough = [
        make.wrapped(
            message.message.model_copy(
                update={
                    "body": message.message.body.model_copy(
                        update={
                            "covariance": tuple(4.0 * number for number in message.message.body.covariance)
                        }
                    )
                }
            ),
            message.received_us,
        )
        for message in tracks
    ]
    as_sent = sorted([*tracks, *others], key=lambda message: message.received_us)
    changed = sorted([*rough, *others], key=lambda message: message.received_us)
    assert run(make, table, changed).get("delta") == run(make, table, as_sent).get("delta")


@settings(max_examples=10, deadline=None)
@given(seeds, st.lists(st.floats(0.0, LAST_S), min_size=1, max_size=4))
def test_a_stop_at_any_time_changes_no_byte(make, seed, cut_s):
    rng = np.random.default_rng(seed)
    table = make.Table(PARTNERS, random_rights(rng))
    messages = random_messages(make, rng)
    assert run(make, table, messages, tuple(cut_s)) == run(make, table, messages)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_more_rights_for_one_partner_change_nothing_for_another(make, seed):
    rng = np.random.default_rng(seed)
    rights = random_rights(rng)
    messages = random_messages(make, rng)
    more = {**rights, **{("alpha", sender, "track"): ("covariance", 0.0) for sender in PARTNERS[1:]}}
    fewer = {key: right for key, right in rights.items() if key[0] != "alpha"}
    feeds = [run(make, make.Table(PARTNERS, each), messages) for each in (rights, more, fewer)]
    for partner in PARTNERS[1:]:
        assert feeds[0].get(partner) == feeds[1].get(partner) == feeds[2].get(partner)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_nobody_gets_what_the_rights_do_not_give(make, seed):
    rng = np.random.default_rng(seed)
    table = make.Table(PARTNERS, random_rights(rng))
    messages = random_messages(make, rng)
    ids = {message.message.id: message for message in messages}
    for partner, bodies in run(make, table, messages).items():
        for id, message in ids.items():
            if not may_see(table, partner, message):
                assert not any(id.encode() in body or message.digest.encode() in body for body in bodies)
            elif message.message.sender not in (partner, "centre"):
                item: Item = message.item
                quality = dict(table.recipients(item))[partner].quality
                if quality != "covariance":
                    assert not any(b'"' + id.encode() + b'"' in body for body in bodies)
