"""A raid played many times: blocks of runs with a stream each, until the interval is as narrow as asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from synaspis.analyses.raid.evidence import CONFIDENCE, clopper_pearson
from synaspis.analyses.raid.leakage import Estimate, Leakage
from synaspis.analyses.running import Mapper
from synaspis.engine.parameters import Floats
from synaspis.engine.raid import Chances, Counts, Shots, play

Numbers = NDArray[np.int64] | Floats
BLOCK: Final = 8192
"""Runs of one stream."""
FIRST_BLOCKS: Final = 8


@dataclass(frozen=True, eq=False)
class Block:
    """Runs of one stream, as they are handed to whoever plays them.

    key: of the stream. runs: 1 to BLOCK. views: all played on the same luck.
    """

    key: tuple[int, int]
    runs: int
    shots: Shots
    views: tuple[Chances, ...]


@dataclass(frozen=True, eq=False)
class Played:
    """counts: of each view. runs: of each."""

    counts: tuple[Counts, ...]
    runs: int


def play_block(block: Block) -> tuple[Counts, ...]:
    """Play the runs of a block, once for each view."""
    key = np.array(block.key, dtype=np.uint64)
    return tuple(play(key, block.runs, block.shots, view) for view in block.views)


def streams(seed: np.random.SeedSequence) -> Iterator[tuple[int, int]]:
    """Keys of as many streams as are asked for, each of a child of its own.

    seed: from which they are spawned; two seeds have no stream in common.
    """
    while True:
        (child,) = seed.spawn(1)
        first, second = child.generate_state(2, np.uint64)
        yield int(first), int(second)


def play_raid(
    shots: Shots,
    views: tuple[Chances, ...],
    seed: np.random.SeedSequence,
    *,
    runs_max: int,
    width: float | None,
    mapper: Mapper = map,
    progress: Callable[[int, int, str], None] | None = None,
) -> Played:
    """Play until the interval of no leaker, as expected, is no wider than asked, or all runs are played.

    width: of the 95 % Clopper-Pearson interval; None plays all runs. The number of blocks doubles before each
    look at the width, and the looks come after whole batches, so that the answer depends on nothing but the
    arguments. mapper: runs the blocks.
    """
    keys = streams(np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key))
    total: tuple[Counts, ...] = ()
    done, batch = 0, FIRST_BLOCKS
    while done < runs_max:
        left = runs_max - done
        sizes = [min(BLOCK, left - at) for at in range(0, min(left, batch * BLOCK), BLOCK)]
        blocks = (Block(next(keys), size, shots, views) for size in sizes)
        for size, counts in zip(sizes, mapper(play_block, blocks), strict=True):
            total = counts if not total else tuple(map(add, total, counts))
            done += size
            if progress is not None:
                progress(done, runs_max, f"{done:,} runs")
        if width is not None:
            low, high = clopper_pearson(int(total[0].leakers[0]), done)
            if high - low <= width:
                break
        batch = done // BLOCK
    return Played(total, done)


def share_interval(hits: Numbers, runs: int) -> tuple[Floats, Floats]:
    """Clopper-Pearson intervals of many counts at once, each of the shape of hits."""
    tail = (1.0 - CONFIDENCE) / 2.0
    hits = hits.astype(np.float64)
    low = stats.beta.ppf(tail, np.maximum(hits, 0.5), runs - hits + 1.0)
    high = stats.beta.ppf(1.0 - tail, hits + 1.0, np.maximum(runs - hits, 0.5))
    return np.where(hits > 0, low, 0.0), np.where(hits < runs, high, 1.0)


def leakage_of(played: Played, view: int, others: tuple[int, ...] = ()) -> Leakage:
    """Leakage of a view; the intervals are those of sampling, spread over the other views as well."""
    chosen = [played.counts[each] for each in (view, *others)]
    shares = [share_interval(counts.leakers, played.runs) for counts in chosen]
    low = reduce(np.minimum, [each[0] for each in shares])
    high = reduce(np.maximum, [each[1] for each in shares])
    pmf = chosen[0].leakers / played.runs
    return Leakage(
        Estimate(float(pmf[0]), float(low[0]), float(high[0])),
        _spread([_mean(counts.leakers, played.runs) for counts in chosen]),
        _spread([_mean(counts.shots, played.runs) for counts in chosen]),
        pmf,
        low,
        high,
    )


def _mean(histogram: Numbers, runs: int) -> Estimate:
    """Mean of whole numbers by their histogram, with its interval; equation raid-mean-interval.

    That of Student's t. Runs that all come out alike say nothing of their spread: then some other number, up
    to either end, has at most the probability that the exact interval of no hit gives it.
    """
    numbers = np.arange(histogram.size)
    mean, most = float(histogram @ numbers) / runs, float(numbers[-1])
    variance = max(float(histogram @ (numbers - mean) ** 2) / max(runs - 1, 1), 0.0)
    if not variance > 0.0:
        unseen = clopper_pearson(0, runs).high
        return Estimate(mean, mean * (1.0 - unseen), mean + (most - mean) * unseen)
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2.0, runs - 1)) * (variance / runs) ** 0.5
    return Estimate(mean, max(mean - half, 0.0), min(mean + half, most))


def _spread(means: list[Estimate]) -> Estimate:
    return Estimate(means[0].value, min(each.low for each in means), max(each.high for each in means))
