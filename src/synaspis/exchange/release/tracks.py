"""Track reports on their way out: into the pictures of release sets, or told of below `position`.

Work goes by cells of the time grid: what falls due within one cell is given to fusion in one call. Which
reports go together, and in which order, follows from the grid and from these reports alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from synaspis.agreement import Item, Label, Quality
from synaspis.core.errors import InputError
from synaspis.exchange.release.events import References, source_track_event
from synaspis.exchange.release.outgoing import Outgoing, Rank
from synaspis.exchange.release.pictures import (
    encode,
    picture_event,
    place_json,
    written_tracks,
)
from synaspis.exchange.release.rights import FULL, Plan, Rights, why_json
from synaspis.exchange.release.sets import Partition, ReleaseSet, SourceTrack
from synaspis.fusion import Estimate, FusedTrack, Picture, Report, update
from synaspis.messages import TrackReport

_PARTITIONS_REMEMBERED_MAX = 4_096


class Sighting:
    """One track report as release needs it.

    item: what its release depends on. label: its own, without the time of marking. reference: of the message.
    """

    __slots__ = ("_exact", "_nominal", "body", "item", "label", "received_us", "reference", "source")

    def __init__(
        self,
        item: Item,
        source: SourceTrack,
        label: Label,
        reference: str,
        received_us: int,
        body: TrackReport,
    ) -> None:
        self.item, self.source, self.label = item, source, label
        self.reference, self.received_us, self.body = reference, received_us, body
        self._exact: list[Report | None] = []
        self._nominal: list[Report | None] = []

    def report(self, *, exact: bool) -> Report | None:
        """As fusion takes it, with its covariance or without; None if fusion can make no use of it."""
        made = self._exact if exact else self._nominal
        if not made:
            made.append(self._made(self.body.covariance_matrix if exact else None))
        return made[0]

    def _made(self, covariance: Any) -> Report | None:
        body = self.body
        try:
            return Report(
                self.source.sender,
                self.source.track,
                body.time_us,
                body.position_ecef_m,
                body.velocity_ecef_m_s,
                covariance,
                body.estimate,
                # A digest of the whole report would depend on what some recipients may not see of it.
                self.reference,
            )
        except InputError:
            return None


class Due(NamedTuple):
    """A track report that is released: when, to whom, at which level, by which plan."""

    due_us: int
    sighting: Sighting
    plan: Plan
    quality: Quality
    mask: int


@dataclass(slots=True, eq=False)
class _Feed:
    """What one picture is given in one cell. source: of an area; None for a picture of several sources."""

    to: ReleaseSet
    exercise: str
    source: SourceTrack | None
    picture: Picture
    reports: list[Report] = field(default_factory=list)
    latest_us: int = 0


class Tracks:
    """All release sets, and how track reports reach them.

    rights: decisions. references: names for source tracks. mask: all partners.
    """

    def __init__(self, rights: Rights, references: References, mask: int) -> None:
        self._rights, self._references = rights, references
        self.partition = Partition(mask)
        self._whys: dict[tuple[int, tuple[Plan, ...]], list[tuple[int, str]]] = {}

    def release(self, due: Sequence[Due], end_us: int, *, sweep: bool) -> list[Outgoing]:
        """Release what fell due in one cell of the grid.

        due: in the order in which pictures take it. end_us: end of the cell. sweep: whether tracks that fell
        silent are looked for.
        """
        self.partition.separate({each.mask for each in due})
        feeds: dict[tuple[int, str | SourceTrack], _Feed] = {}
        told: list[tuple[ReleaseSet, Due]] = []
        for each in due:
            for to in self.partition.covering(each.mask):
                self._give(each, to, feeds, told)
        if sweep:
            self._look_for_silence(feeds)
        given = [(feed.picture, feed.reports) for feed in feeds.values()]
        results = dict(zip(feeds, update(given, end_us), strict=True)) if given else {}
        outgoing: list[Outgoing] = []
        for key, feed in feeds.items():
            if feed.source is None and results[key]:
                at_us = feed.latest_us or end_us
                outgoing += self._picture_events(feed, results[key], at_us)
        for to, each in told:
            area = results.get((id(to), each.sighting.source), [])
            outgoing += self._told(to, each, next((one.impact for one in area if one.impact), None))
        if sweep:
            for to in self.partition.sets:
                to.forget(end_us)
        return outgoing

    def _give(
        self,
        each: Due,
        to: ReleaseSet,
        feeds: dict[tuple[int, str | SourceTrack], _Feed],
        told: list[tuple[ReleaseSet, Due]],
    ) -> None:
        sighting, source = each.sighting, each.sighting.source
        if not to.admit(source, each.due_us):
            return
        if each.quality in ("position", FULL):
            report = sighting.report(exact=each.quality == FULL)
            if report is None:
                return
            exact = each.quality == FULL
            if not to.note(source, sighting.label, each.plan, exact=exact, at_us=each.due_us):
                return
            feed = feeds.get((id(to), source.exercise))
            if feed is None:
                picture = to.picture(source.exercise, each.due_us)
                feed = feeds[id(to), source.exercise] = _Feed(to, source.exercise, None, picture)
        else:
            if to.is_told(source, each.quality, sighting.body.time_us, each.due_us):
                told.append((to, each))
            # Impact areas are computed without the covariance, which this level does not show.
            if each.quality == "presence" or (report := sighting.report(exact=False)) is None:
                return
            feed = feeds.get((id(to), source))
            if feed is None:
                picture = to.areas.setdefault(source, Picture())
                feed = feeds[id(to), source] = _Feed(to, source.exercise, source, picture)
        feed.reports.append(report)
        feed.latest_us = each.due_us

    def _look_for_silence(self, feeds: dict[tuple[int, str | SourceTrack], _Feed]) -> None:
        for to in self.partition.sets:
            for exercise, picture in to.pictures.items():
                if picture.track_count and (id(to), exercise) not in feeds:
                    feeds[id(to), exercise] = _Feed(to, exercise, None, picture)
            for source, picture in to.areas.items():
                if picture.track_count and (id(to), source) not in feeds:
                    feeds[id(to), source] = _Feed(to, source.exercise, source, picture)

    def _picture_events(self, feed: _Feed, tracks: list[FusedTrack], at_us: int) -> list[Outgoing]:
        to, policy = feed.to, self._rights.policy_at(at_us)
        alive = feed.picture.members({track.number for track in tracks})
        groups = []
        for track in tracks:
            key = (feed.exercise, track.number)
            groups.append(alive.get(track.number) or to.members.get(key, ()))
            if track.status == "ended":
                to.members.pop(key, None)
            else:
                to.members[key] = groups[-1]
        marked = [to.marking(feed.exercise, group, policy) for group in groups]
        written = written_tracks(tracks, [each.label for each in marked], [each.exact for each in marked])
        plans = [each.plans for each in marked]
        mask = to.mask
        outgoing = []
        for group_mask, whys in self._readers(mask, plans):
            body = picture_event(
                at_us=at_us, policy=policy.version, exercise=feed.exercise, tracks=written, why=whys
            )
            outgoing.append(Outgoing(at_us, Rank.PICTURE, body, "picture", group_mask))
        return outgoing

    def _readers(self, mask: int, plans: Sequence[tuple[Plan, ...]]) -> list[tuple[int, list[str]]]:
        """Members of a set by the reasons that they have for each track; reasons as JSON."""
        readers: list[tuple[int, dict[tuple[Plan, ...], str]]] = [(mask, {})]
        for several in dict.fromkeys(plans):
            readers = [
                (group & part, {**reasons, several: why})
                for group, reasons in readers
                for part, why in self._why(mask, several)
                if group & part
            ]
        return [(group, [reasons[several] for several in plans]) for group, reasons in readers]

    def _why(self, mask: int, plans: tuple[Plan, ...]) -> list[tuple[int, str]]:
        """Reasons that some plans together give to members of a mask, as JSON, by group."""
        known = self._whys.get((mask, plans))
        if known is None:
            groups: list[tuple[int, frozenset[tuple[str, str]]]] = [(mask, frozenset())]
            for plan in plans:
                parts = [(part.mask, frozenset(part.why)) for part in plan.parts]
                parts.append((~sum(part for part, _ in parts), frozenset()))
                groups = [(old & new, had | why) for old, had in groups for new, why in parts if old & new]
            known = [(group, encode(why_json(sorted(why)))) for group, why in groups]
            if len(self._whys) >= _PARTITIONS_REMEMBERED_MAX:
                self._whys.clear()
            self._whys[mask, plans] = known
        return known

    def _told(self, to: ReleaseSet, each: Due, impact: Estimate | None) -> Iterable[Outgoing]:
        """Events for one report below `position`, by the reasons for which it is told."""
        source = each.sighting.source
        shown: dict[str, Any] = {}
        if each.quality == "impact-area" and impact is not None:
            place = place_json(impact)
            shown = {"impact": place, "impact_time": {"time": place.pop("time")}}
        for part in each.plan.parts:
            if group := part.mask & to.mask:
                body = source_track_event(
                    at_us=each.due_us,
                    policy=self._rights.policy_at(each.due_us).version,
                    quality=each.quality,
                    why=part.why,
                    sender=source.sender,
                    exercise=source.exercise,
                    label=each.sighting.label.to_json(),
                    track=self._references.track(*source),
                    shown=shown,
                )
                yield Outgoing(each.due_us, Rank.DERIVED, body, "message", group)
