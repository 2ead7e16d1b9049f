"""Release sets: recipients that have been given the same track reports, with the picture made of these.

All partners start in one set. A set splits, by copying its pictures, when a report is released to some of its
members and not to others, or at another level; until that moment their inputs were equal, so the copies are
exact. Sets are never joined again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from synaspis.agreement import Label
from synaspis.core.clock import SECOND_US
from synaspis.exchange.release.pictures import label_member
from synaspis.exchange.release.rights import Plan, Rulings
from synaspis.fusion import Picture

FORGET_SOURCE_US: Final = 120 * SECOND_US
"""A source track that has been silent for so long is forgotten; its fused track has ended long before."""

FORGET_EXERCISE_US: Final = 600 * SECOND_US
"""The picture of an exercise that has been silent for so long is dropped; the next one numbers anew."""

SOURCE_TRACKS_MAX: Final = 1_000
"""Tracks of one sender that a set knows at a time; reports on one more are left out, so that odd names of
tracks and exercises fill no memory."""

LABELS_MAX: Final = 16
"""Different labels that reports of one source track may have; a report with one more is left out."""

_COVERS_REMEMBERED_MAX: Final = 4_096
_MARKED_REMEMBERED_MAX: Final = 4_096

TOLD_EVERY_US: Final = 5 * SECOND_US
"""Below `position` a source track is told of at most once in this time, by the times of its states."""


class SourceTrack(NamedTuple):
    """A track as its source names it; exercise: name of the exercise, empty if it is meant in earnest."""

    exercise: str
    sender: str
    track: str


class Shown(NamedTuple):
    """What a set knows of the rights to a source track that stands in its pictures.

    labels: of its reports, each once, without their time of marking. plans: by which they were released.
    exact: whether the latest came with its covariance. latest_us: when the last one was released.
    """

    labels: tuple[Label, ...]
    plans: tuple[Plan, ...]
    exact: bool
    latest_us: int


Member = tuple[str, str]
"""Source and track, as `fusion.Report` names them."""


class Marked(NamedTuple):
    """What follows for a fused track from the source tracks that it was made of.

    label: the member of its JSON that tells how it is marked. exact: whether its covariance is told. plans:
    by which its reports were released, each once, in the order of what they say.
    """

    label: str
    exact: bool
    plans: tuple[Plan, ...]


@dataclass(slots=True, eq=False)
class ReleaseSet:
    """Recipients with equal rights so far, and all that they have been shown of tracks.

    mask: the recipients. pictures: by exercise. areas: pictures of one source track each, for the level
    `impact-area`. sources: what is known of the source tracks in `pictures`. members: exercise and track
    number to the source tracks that make it up, for tracks that live. told: of which state the members were
    last told below `position`, by source track and level: its time, and when that was released. seen: by
    sender, its source tracks and when something of each was last released, oldest first. fed: when something
    was last released into the picture of an exercise. marked: what follows from `sources`, by policy,
    exercise and members of a fused track; emptied whenever that could change, and no part of the state.
    """

    mask: int
    pictures: dict[str, Picture] = field(default_factory=dict)
    areas: dict[SourceTrack, Picture] = field(default_factory=dict)
    sources: dict[SourceTrack, Shown] = field(default_factory=dict)
    members: dict[tuple[str, int], tuple[Member, ...]] = field(default_factory=dict)
    told: dict[tuple[SourceTrack, str], tuple[int, int]] = field(default_factory=dict)
    seen: dict[str, dict[SourceTrack, int]] = field(default_factory=dict)
    fed: dict[str, int] = field(default_factory=dict)
    marked: dict[tuple[str, str, tuple[Member, ...]], Marked] = field(default_factory=dict)

    def split(self, mask: int) -> ReleaseSet:
        """Move some members into a set of their own, with copies of everything."""
        self.mask &= ~mask
        return ReleaseSet(
            mask,
            {exercise: picture.copy() for exercise, picture in self.pictures.items()},
            {source: picture.copy() for source, picture in self.areas.items()},
            dict(self.sources),
            dict(self.members),
            dict(self.told),
            {sender: dict(tracks) for sender, tracks in self.seen.items()},
            dict(self.fed),
        )

    # When `forget` comes round depends on other sets too. What is shown must not: so nothing that is
    # old enough to be forgotten is looked at below.

    def admit(self, source: SourceTrack, at_us: int) -> bool:
        """Whether a report of a source track is taken, as far as the number of its sender's tracks goes."""
        seen = self.seen.setdefault(source.sender, {})
        while seen:
            oldest, latest_us = next(iter(seen.items()))
            if latest_us >= at_us - FORGET_SOURCE_US:
                break
            del seen[oldest]
        if source not in seen and len(seen) >= SOURCE_TRACKS_MAX:
            return False
        seen.pop(source, None)
        seen[source] = at_us
        return True

    def picture(self, exercise: str, at_us: int) -> Picture:
        """The picture of an exercise, or the one in earnest, into which something is released."""
        if self.fed.get(exercise, at_us) < at_us - FORGET_EXERCISE_US and exercise:
            self.pictures.pop(exercise, None)
        self.fed[exercise] = at_us
        return self.pictures.setdefault(exercise, Picture())

    def note(self, source: SourceTrack, label: Label, plan: Plan, *, exact: bool, at_us: int) -> bool:
        """Remember under which label and rights a report of a source track comes into a picture.

        Returns whether it may come in: not with one more label than `LABELS_MAX`.
        """
        known = self.sources.get(source)
        if known is None or known.latest_us < at_us - FORGET_SOURCE_US:
            self.sources[source] = Shown((label,), (plan,), exact, at_us)
            self.marked.clear()
            return True
        labels = known.labels if label in known.labels else (*known.labels, label)
        if len(labels) > LABELS_MAX:
            return False
        plans = known.plans
        if plan not in plans:
            plans = tuple(sorted((*plans, plan), key=lambda each: each.parts))
        if labels is not known.labels or plans is not known.plans or exact != known.exact:
            self.marked.clear()
        self.sources[source] = Shown(labels, plans, exact, at_us)
        return True

    def marking(self, exercise: str, group: tuple[Member, ...], policy: Rulings) -> Marked:
        """What follows for a fused track; group: its source tracks."""
        key = (policy.version, exercise, group)
        marked = self.marked.get(key)
        if marked is None:
            sources = [SourceTrack(exercise, *member) for member in group]
            known = [self.sources[source] for source in sources if source in self.sources]
            labels = tuple(dict.fromkeys(label for each in known for label in each.labels))
            if len(self.marked) >= _MARKED_REMEMBERED_MAX:
                self.marked.clear()
            marked = self.marked[key] = Marked(
                label_member(labels, policy.book),
                any(each.exact for each in known),
                tuple(sorted({plan for each in known for plan in each.plans}, key=lambda plan: plan.parts)),
            )
        return marked

    def is_told(self, source: SourceTrack, level: str, time_us: int, at_us: int) -> bool:
        """Whether a state is to be told of below `position`; if so it is noted.

        time_us: of the state. at_us: of its release.
        """
        last = self.told.get((source, level))
        if last is not None and last[1] >= at_us - FORGET_SOURCE_US and time_us < last[0] + TOLD_EVERY_US:
            return False
        self.told[source, level] = (time_us, at_us)
        return True

    def forget(self, now_us: int) -> None:
        """Drop what is too old to be looked at."""
        instant_us = now_us - FORGET_SOURCE_US
        for sender in [sender for sender, tracks in self.seen.items() if not tracks]:
            del self.seen[sender]
        for tracks in self.seen.values():
            for source in [source for source, latest_us in tracks.items() if latest_us < instant_us]:
                del tracks[source]
        for exercise in [name for name, fed_us in self.fed.items() if fed_us < now_us - FORGET_EXERCISE_US]:
            if exercise:
                del self.fed[exercise], self.pictures[exercise]
        for source in [source for source, shown in self.sources.items() if shown.latest_us < instant_us]:
            del self.sources[source]
            self.marked.clear()
        for source in [source for source, picture in self.areas.items() if not picture.track_count]:
            del self.areas[source]
        for key in [key for key, (_, at_us) in self.told.items() if at_us < instant_us]:
            del self.told[key]

    @property
    def live(self) -> bool:
        """Whether a picture holds a track that can still end."""
        return any(picture.track_count for picture in (*self.pictures.values(), *self.areas.values()))


class Partition:
    """All release sets; every partner is in exactly one.

    mask: partners from the start, all in one set.
    """

    def __init__(self, mask: int) -> None:
        self.sets = [ReleaseSet(mask)] if mask else []
        self._covers: dict[int, tuple[ReleaseSet, ...]] = {}

    @property
    def mask(self) -> int:
        """Everybody who is in a set."""
        mask = 0
        for each in self.sets:
            mask |= each.mask
        return mask

    def add(self, mask: int) -> None:
        """Take in partners that have been shown nothing yet."""
        fresh = mask & ~self.mask
        if fresh:
            self.sets.append(ReleaseSet(fresh))
            self._covers.clear()

    def separate(self, masks: Iterable[int]) -> None:
        """Split sets until each lies wholly inside or wholly outside of every mask."""
        if len(self._covers) > _COVERS_REMEMBERED_MAX:
            self._covers.clear()
        for mask in masks:
            if mask in self._covers:
                continue
            for each in list(self.sets):
                inside = each.mask & mask
                if inside and inside != each.mask:
                    self.sets.append(each.split(inside))
                    self._covers.clear()
            self._covers[mask] = tuple(each for each in self.sets if each.mask & mask)

    def covering(self, mask: int) -> tuple[ReleaseSet, ...]:
        """Sets that make up a mask for which `separate` was called, or None of its members is in a set."""
        found = self._covers.get(mask)
        if found is None:
            self.separate((mask,))
            found = self._covers[mask]
        return found
