"""Which source tracks are one object: joining, leaving, merging, and numbers that stay."""

import numpy as np
import pytest

from synaspis.fusion import Picture, update
from synaspis.fusion._association import ALIKE_NEEDED, MISSES_ALLOWED

METRES_PER_BODY = 0.01 * 6.678e6 * np.cos(0.7)


def play(picture, world, noise, seconds, tracks, spread=1.0):
    """tracks: (source, track, body); returns all that was shown."""
    shown = []
    for second in seconds:
        reports = [world.report(*track, second, offset=spread * noise()) for track in tracks]
        shown += update([(picture, reports)], world.us(second))[0]
    return shown


def groups(picture):
    return {number: set(keys) for number, keys in picture.members().items()}


def test_tracks_of_one_object_share_a_number_whatever_their_names(world, noise):
    picture = Picture()
    play(picture, world, noise, range(5), [("a", "x", 0), ("b", "17", 0), ("c", "x", 4), ("a", "y", 4)])
    assert groups(picture) == {1: {("a", "x"), ("b", "17")}, 2: {("c", "x"), ("a", "y")}}


def test_reports_of_other_times_are_brought_to_one_time_first(world, noise):
    """In ten seconds the body moves 33 km, more than a hundred standard deviations."""
    picture = Picture()
    update([(picture, [world.report("a", "x", 0, 0.0)])], world.us(0.0))
    update([(picture, [world.report("b", "y", 0, 10.0)])], world.us(10.0))
    assert groups(picture) == {1: {("a", "x"), ("b", "y")}}
    # A report that is older than the picture finds its object as well.
    update([(picture, [world.report("c", "z", 0, 4.0)])], world.us(11.0))
    assert groups(picture) == {1: {("a", "x"), ("b", "y"), ("c", "z")}}


def test_two_tracks_of_one_source_are_two_objects_however_near(world, noise):
    picture = Picture()
    play(
        picture, world, noise, range(4), [("a", "x", 0), ("a", "y", 0.001), ("b", "p", 0), ("b", "q", 0.001)]
    )
    assert [len(keys) for keys in groups(picture).values()] == [2, 2]
    for keys in groups(picture).values():
        assert {source for source, _ in keys} == {"a", "b"}


def test_a_raid_keeps_its_numbers_when_the_radars_name_it_in_another_order(world, noise):
    picture = Picture()
    bodies = [0.05 * n for n in range(6)]  # 2.5 km apart, standard deviation 0.2 km
    order = [3, 0, 5, 1, 4, 2]
    tracks = [("a", f"a{n}", body) for n, body in enumerate(bodies)]
    tracks += [("b", f"b{n}", bodies[n]) for n in order]
    shown = play(picture, world, noise, range(30), tracks)
    assert groups(picture) == {n + 1: {("a", f"a{n}"), ("b", f"b{n}")} for n in range(6)}
    for track in shown:
        truth = world.truth(bodies[track.number - 1], 1e-6 * (track.time_us - world.start_us))
        assert np.linalg.norm(np.array(track.position_ecef_m) - truth[:3]) < 0.5 * 0.05 * METRES_PER_BODY


def test_a_source_track_that_goes_its_own_way_gets_a_number_of_its_own(world, noise):
    picture = Picture()
    play(picture, world, noise, range(3), [("a", "x", 0), ("b", "y", 0)])
    assert groups(picture) == {1: {("a", "x"), ("b", "y")}}
    shown = play(picture, world, noise, range(3, 3 + MISSES_ALLOWED), [("a", "x", 0), ("b", "y", 1)])
    assert groups(picture) == {1: {("a", "x")}, 2: {("b", "y")}}
    assert [(track.number, track.status) for track in shown if track.number == 2] == [(2, "new")]
    # While in doubt it was left out: object 1 never moved towards it.
    assert {track.sources for track in shown if track.number == 1} == {("a",)}


def test_one_bad_report_moves_nothing_and_separates_nothing(world, noise):
    picture = Picture()
    play(picture, world, noise, range(3), [("a", "x", 0), ("b", "y", 0)])
    (bad,) = play(picture, world, noise, [3], [("a", "x", 0), ("b", "y", 1)])
    assert bad.sources == ("a",)
    (good,) = play(picture, world, noise, [4], [("a", "x", 0), ("b", "y", 0)])
    assert good.sources == ("a", "b")
    assert groups(picture) == {1: {("a", "x"), ("b", "y")}}


def test_two_numbers_of_one_object_become_the_lower(world, noise):
    """The first reports of b are 51 km off; then it sees what a sees."""
    picture = Picture()
    play(picture, world, noise, range(3), [("a", "x", 0), ("b", "y", 1)])
    assert sorted(groups(picture)) == [1, 2]
    shown = play(picture, world, noise, range(3, 4 + ALIKE_NEEDED), [("a", "x", 0), ("b", "y", 0)])
    assert groups(picture) == {1: {("a", "x"), ("b", "y")}}
    ended = [track for track in shown if track.status == "ended"]
    assert [(track.number, track.sources) for track in ended] == [(2, ("b",))]
    assert shown[-1].sources == ("a", "b")


def test_objects_of_sources_that_tell_them_apart_never_merge(world, noise):
    picture = Picture()
    play(picture, world, noise, range(20), [("a", "x", 0), ("a", "y", 0)])
    assert sorted(groups(picture)) == [1, 2]


def test_a_number_outlives_the_source_that_opened_it(world, noise):
    picture = Picture()
    play(picture, world, noise, range(3), [("a", "x", 0), ("b", "y", 0)])
    shown = play(picture, world, noise, range(3, 40), [("b", "y", 0)])
    assert {track.number for track in shown} == {1}
    assert groups(picture) == {1: {("b", "y")}}
    play(picture, world, noise, [40], [("a", "again", 0), ("b", "y", 0)])
    assert groups(picture) == {1: {("b", "y"), ("a", "again")}}


@pytest.mark.parametrize("swap_s", [5, 15])
def test_source_tracks_that_swap_their_objects_are_put_right_and_numbers_stay(world, noise, swap_s):
    picture = Picture()
    play(picture, world, noise, range(swap_s), [("a", "x", 0), ("a", "y", 1), ("b", "p", 0), ("b", "q", 1)])
    shown = play(
        picture, world, noise, range(swap_s, swap_s + 12),
        [("a", "x", 0), ("a", "y", 1), ("b", "p", 1), ("b", "q", 0)],
    )  # fmt: skip
    live = {number: keys for number, keys in groups(picture).items() if number <= 2}
    assert live == {1: {("a", "x"), ("b", "q")}, 2: {("a", "y"), ("b", "p")}}
    for track in shown:
        if track.number <= 2:
            truth = world.truth(track.number - 1, 1e-6 * (track.time_us - world.start_us))
            assert np.linalg.norm(np.array(track.position_ecef_m) - truth[:3]) < 2e3
