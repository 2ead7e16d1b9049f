"""Shapley values: games with known values, the four axioms, and samples that hold what they promise."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synaspis.analyses.cooperation import sampled_shapley, shapley, shapley_of_table
from synaspis.analyses.cooperation.sampling import Part, contributions
from synaspis.core.errors import InputError


def needs(*lengths):
    """Airport game: a coalition is worth the longest runway that one of its members needs."""
    return lambda coalition: max((lengths[player] for player in coalition), default=0)


def quota(weights, needed):
    """Weighted majority game [needed; weights]."""
    return lambda coalition: int(sum(weights[player] for player in coalition) >= needed)


def test_glove_game():
    """Two left gloves and one right one make one pair: 1/6, 1/6, 2/3.

    M. J. Osborne and A. Rubinstein, A Course in Game Theory (1994), example 259.3 and exercise 295.
    """
    value = shapley(lambda c: int("right" in c and len(c) > 1), ["left", "other left", "right"])
    assert value == {"left": Fraction(1, 6), "other left": Fraction(1, 6), "right": Fraction(2, 3)}


@pytest.mark.parametrize(
    ("weights", "needed", "expected"),
    [
        # Simple majority of three: equal by symmetry and efficiency.
        ((1, 1, 1), 2, (Fraction(1, 3),) * 3),
        # [51; 50, 49, 1]: a member of one vote is worth as much as one of 49. L. S. Shapley and M. Shubik,
        # American Political Science Review 48 (1954) 787, https://doi.org/10.2307/1951053, by hand: the first
        # is pivot in 4 of the 6 orders, each other in 1.
        ((50, 49, 1), 51, (Fraction(2, 3), Fraction(1, 6), Fraction(1, 6))),
        # [3; 2, 1, 1, 0]: the last is a dummy.
        ((2, 1, 1, 0), 3, (Fraction(2, 3), Fraction(1, 6), Fraction(1, 6), 0)),
    ],
)
def test_majority_games(weights, needed, expected):
    value = shapley(quota(weights, needed), range(len(weights)))
    assert tuple(value.values()) == expected


def test_apex_game():
    """One large player wins with any of four small ones, these win all together: 3/5 and 1/10 each.

    The apex is pivot unless it comes first or last of five: 3 of 5 places; the rest follows by symmetry.
    """
    value = shapley(lambda c: int(("apex" in c and len(c) > 1) or len(c - {"apex"}) == 4), ["apex", *"abcd"])
    assert value["apex"] == Fraction(3, 5)
    assert {value[name] for name in "abcd"} == {Fraction(1, 10)}


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ((6, 9, 14), (2, Fraction(7, 2), Fraction(17, 2))),
        # Each further length is shared by those who need it: 1/4; 1/4 + 1/3; and so on.
        ((1, 2, 3, 4), (Fraction(1, 4), Fraction(7, 12), Fraction(13, 12), Fraction(25, 12))),
    ],
)
def test_airport_games(lengths, expected):
    """S. C. Littlechild and G. Owen, A simple expression for the Shapley value in a special case, Management
    Science 20 (1973) 370, https://doi.org/10.1287/mnsc.20.3.370: the sum over k up
    to i of (c_k - c_k-1) / (n - k + 1).
    """
    assert tuple(shapley(needs(*lengths), range(len(lengths))).values()) == expected


def test_unanimity_games_among_twelve_share_among_those_who_are_needed():
    players = [f"p{number}" for number in range(12)]
    wanted = frozenset(players[2:7])
    value = shapley(lambda c: int(wanted <= c), players)
    assert value == {player: Fraction(int(player in wanted), 5) for player in players}


GAMES = st.integers(1, 5).flatmap(
    lambda size: st.lists(st.integers(-50, 50), min_size=2**size, max_size=2**size)
)


def worth_of(table):
    return lambda coalition: table[sum(1 << player for player in coalition)]


@settings(max_examples=60, deadline=None)
@given(table=GAMES)
def test_efficiency_the_values_add_up_to_what_all_add_to_nobody(table):
    size = len(table).bit_length() - 1
    assert sum(shapley(worth_of(table), range(size)).values()) == table[-1] - table[0]


@settings(max_examples=60, deadline=None)
@given(table=GAMES, data=st.data())
def test_symmetry_other_names_change_no_value(table, data):
    size = len(table).bit_length() - 1
    order = data.draw(st.permutations(range(size)))
    plain = shapley(worth_of(table), range(size))
    renamed = shapley(lambda c: worth_of(table)({order[player] for player in c}), range(size))
    assert all(renamed[player] == plain[order[player]] for player in range(size))


@settings(max_examples=60, deadline=None)
@given(table=GAMES, extra=st.integers(-9, 9))
def test_a_dummy_gets_what_it_is_worth_alone_and_changes_nothing_for_others(table, extra):
    size = len(table).bit_length() - 1
    inner = worth_of(table)
    value = shapley(lambda c: inner(c - {"dummy"}) + extra * ("dummy" in c), [*range(size), "dummy"])
    assert value.pop("dummy") == extra
    assert value == shapley(inner, range(size))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), size=st.integers(1, 5))
def test_additivity_values_of_a_sum_are_sums_of_values(data, size):
    tables = [data.draw(st.lists(st.integers(-50, 50), min_size=2**size, max_size=2**size)) for _ in range(2)]
    first, second, both = (
        shapley(worth_of(t), range(size)) for t in (*tables, [a + b for a, b in zip(*tables, strict=True)])
    )
    assert all(both[player] == first[player] + second[player] for player in range(size))


def test_a_table_of_many_games_gives_the_same_as_one_game_at_a_time():
    table = np.random.default_rng(7).integers(-20, 20, (2**6, 3))
    found = shapley_of_table(table.astype(float))
    for game in range(3):
        exact = shapley(worth_of(table[:, game].tolist()), range(6))
        assert found[:, game] == pytest.approx([float(exact[player]) for player in range(6)], abs=1e-12)


def test_more_players_than_can_be_counted_out_are_refused():
    with pytest.raises(InputError, match=r"13 players are too many for the exact Shapley value; at most 12"):
        shapley(len, range(13))
    with pytest.raises(InputError, match="a player is named twice"):
        shapley(len, ["us", "us"])


class Airport:
    """Twenty players with needs 1 to 20, for samples; two measures, the second ten times the first."""

    size = 20
    spans = np.array([20.0, 200.0])

    def worths(self, members):
        longest = (members * np.arange(1, self.size + 1)).max(axis=1)
        return np.stack([longest, 10.0 * longest], axis=1).astype(float)


EXACT = np.cumsum(1.0 / (20 - np.arange(20)))
"""Littlechild and Owen's expression for needs 1 to 20."""


def sample(seed, **options):
    return sampled_shapley(Airport(), seed=np.random.SeedSequence(seed), **options)


@pytest.mark.parametrize("seed", range(5))
def test_intervals_hold_the_known_value_and_are_as_narrow_as_asked(seed):
    found = sample(seed)
    assert found.reached
    assert np.all(found.high - found.low <= 0.05 * Airport.spans + 1e-12)
    known = np.stack([EXACT, 10.0 * EXACT], axis=1)
    assert np.all((found.low <= known) & (known <= found.high))
    assert found.value.sum(axis=0) == pytest.approx([20.0, 200.0])


def test_sampling_stops_by_the_width_of_the_intervals():
    wide, narrow, short = sample(1, width=0.2), sample(1, width=0.02), sample(1, width=1e-4, orders_max=2048)
    assert wide.orders < narrow.orders
    assert (wide.reached, narrow.reached, short.reached) == (True, True, False)
    assert short.orders == 2048


def test_the_same_seed_gives_the_same_values_whoever_runs_the_parts():
    def backwards(function, items):
        return reversed([function(item) for item in reversed(list(items))])

    one, other = sample(3), sample(3, mapper=backwards)
    assert np.array_equal(one.value, other.value)
    assert not np.array_equal(one.value, sample(4).value)


class Squares(Airport):
    """Worth of a coalition is the square of its number, so that what a player adds tells its place."""

    def worths(self, members):
        return np.repeat(members.sum(axis=1, keepdims=True) ** 2.0, 2, axis=1)


def test_every_second_order_is_the_one_before_turned_round():
    """At place k of n a player adds 2 k + 1, at place n - 1 - k the rest to 2 n."""
    added = contributions(Part(Squares(), np.random.SeedSequence(5), 6))[:, :, 0]
    assert np.all(added[0::2] + added[1::2] == 40.0)
    assert np.all(np.sort(added, axis=1) == 2.0 * np.arange(20) + 1.0)
    assert not np.array_equal(added[0], added[2])


@pytest.mark.parametrize("width", [0.0, 1.0, -0.1])
def test_a_width_out_of_bounds_is_refused(width):
    with pytest.raises(InputError, match="above 0 and below 1 is allowed"):
        sample(1, width=width)
