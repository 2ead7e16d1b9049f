"""Pictures as they change: numbers, statuses, repeated and late reports, independence of other pictures."""

import numpy as np
import pytest

from synaspis.engine.grounding import ground_rows
from synaspis.engine.tracking import absorb, fuse, nearest
from synaspis.fusion import SILENCE_US, Picture, covariance_intersection, prepare, update
from synaspis.fusion._intake import AHEAD_US, TRACKS_OF_ONE_SOURCE


def one(picture, reports, at_us):
    (tracks,) = update([(picture, reports)], at_us)
    return tracks


def test_numbers_follow_the_order_of_first_appearance(world):
    picture = Picture()
    first = one(picture, [world.report("a", "x", 3, 0.0), world.report("a", "y", 0, 0.0)], world.us(0.0))
    assert [(track.number, track.status) for track in first] == [(1, "new"), (2, "new")]
    np.testing.assert_allclose(first[0].position_ecef_m, world.truth(3, 0.0)[:3])
    later = one(picture, [world.report("a", "z", 6, 1.0), world.report("a", "y", 0, 1.0)], world.us(1.0))
    assert [(track.number, track.status) for track in later] == [(2, "updated"), (3, "new")]
    assert picture.members() == {1: (("a", "x"),), 2: (("a", "y"),), 3: (("a", "z"),)}


def test_one_source_alone_is_shown_as_it_reports(world):
    report = world.report("a", "x", 0, 0.0)
    (track,) = one(Picture(), [report], world.us(0.0))
    np.testing.assert_array_equal(track.position_ecef_m + track.velocity_ecef_m_s, report.state)
    np.testing.assert_array_equal(track.covariance, report.spread)
    assert (track.time_us, track.sources) == (world.us(0.0), ("a",))


def test_two_sources_of_one_object_are_intersected(world):
    narrow = np.diag([20.0**2, 900.0**2, 900.0**2, 1.0, 30.0**2, 30.0**2])
    a = world.report("a", "x", 0, 0.0)
    b = world.report("b", "1", 0, 0.0, covariance=narrow, offset=0.3)
    (track,) = one(Picture(), [b, a], world.us(0.0))
    mean, covariance, _ = covariance_intersection(b.state, b.spread, a.state, a.spread)
    np.testing.assert_array_equal(track.position_ecef_m + track.velocity_ecef_m_s, mean)
    np.testing.assert_array_equal(track.covariance, covariance)
    assert track.sources == ("a", "b")


@pytest.mark.parametrize("same_update", [True, False])
def test_a_report_with_a_digest_that_was_seen_is_ignored(world, same_update):
    first = world.report("a", "x", 0, 0.0, digest="same")
    relayed = world.report("b", "y", 0, 1.0, digest="same")
    picture = Picture()
    if same_update:
        one(picture, [first, relayed], world.us(1.0))
    else:
        one(picture, [first], world.us(0.0))
        before = picture.to_bytes()
        assert one(picture, [relayed], world.us(1.0)) == []
        assert picture.to_bytes() == before
    assert picture.members() == {1: (("a", "x"),)}


def test_the_same_content_under_another_source_s_name_shrinks_nothing(world):
    picture = Picture()
    (track,) = one(picture, [world.report("a", "x", 0, 0.0)], world.us(0.0))
    relays = [world.report(name, "x", 0, 0.0) for name in ("b", "c", "d")]
    (after,) = one(picture, relays, world.us(0.1))
    assert after.sources == ("a", "b", "c", "d")
    np.testing.assert_allclose(after.covariance, track.covariance, rtol=1e-9)
    np.testing.assert_allclose(after.position_ecef_m, track.position_ecef_m, rtol=0, atol=1e-6)


def test_tracklets_shrink_the_covariance_and_tracks_do_not(world):
    sigma = {}
    for estimate in ("track", "tracklet"):
        picture = Picture()
        for second in range(10):
            report = world.report("a", "x", 0, float(second), estimate=estimate)
            (track,) = one(picture, [report], world.us(second))
        sigma[estimate] = np.sqrt(track.covariance[0][0])
    assert sigma["track"] == pytest.approx(200.0, rel=1e-3)
    # Least squares with ten independent measurements of a body in straight motion; gravity changes little.
    back = [np.array([[1.0, -float(ago)], [0.0, 1.0]]) for ago in range(10)]
    information = sum(f.T @ np.diag([1.0 / 200.0**2, 1.0 / 5.0**2]) @ f for f in back)
    assert sigma["tracklet"] == pytest.approx(np.sqrt(np.linalg.inv(information)[0, 0]), rel=1e-3)


@pytest.mark.parametrize("estimate", ["track", "tracklet"])
@pytest.mark.parametrize("time_s", [0.0, 4.0, 5.0])
def test_a_report_not_later_than_its_track_changes_nothing(world, estimate, time_s):
    picture = Picture()
    reports = [world.report("a", "x", 0, second, estimate=estimate) for second in (0.0, 5.0)]
    one(picture, reports, world.us(5.0))
    again = world.report("a", "x", 0, time_s, estimate=estimate, digest="sent again", offset=0.1)
    assert one(picture, [again], world.us(6.0)) == []


def test_a_report_from_the_future_is_ignored(world):
    picture = Picture()
    assert one(picture, [world.report("a", "x", 0, 20.0)], world.us(20.0) - AHEAD_US - 1) == []
    assert picture.track_count == 0
    assert len(one(picture, [world.report("a", "x", 0, 20.0)], world.us(20.0) - AHEAD_US)) == 1


def test_a_report_without_its_covariance_depends_on_nothing_but_the_state(world):
    hidden = [
        world.report("a", "x", 0, 0.0, covariance=None, estimate=kind) for kind in ("track", "tracklet")
    ]
    tracks = [one(Picture(), [report], world.us(0.0))[0] for report in hidden]
    assert tracks[0] == tracks[1]
    assert tracks[0].covariance[0][0] == 1000.0**2


def test_an_object_ends_when_all_its_sources_are_silent(world):
    picture = Picture()
    one(picture, [world.report("a", "x", 0, 0.0), world.report("b", "y", 0, 0.0)], world.us(0.0))
    one(picture, [world.report("b", "y", 0, 10.0)], world.us(10.0))
    assert one(picture, [], world.us(0.0) + SILENCE_US) == []
    assert picture.members() == {1: (("b", "y"),)}
    assert one(picture, [], world.us(10.0) + SILENCE_US - 1) == []
    (ended,) = one(picture, [], world.us(10.0) + SILENCE_US)
    assert (ended.number, ended.status, ended.time_us) == (1, "ended", world.us(10.0))
    assert (picture.track_count, picture.members()) == (0, {})
    (again,) = one(picture, [world.report("b", "y", 0, 41.0)], world.us(41.0))
    assert (again.number, again.status) == (2, "new")


def test_how_often_nothing_comes_does_not_change_what_follows(world):
    """Empty updates in between change nothing, so that nobody's reports set the pace of another."""
    pictures = Picture(), Picture()
    for picture in pictures:
        one(picture, [world.report("a", "x", 0, 0.0), world.report("b", "y", 4, 20.0)], world.us(20.0))
    for second in range(21, 55):
        one(pictures[0], [], world.us(second))
    last = [world.report("c", "z", 0, 55.0)]
    assert one(pictures[0], last, world.us(55.0)) == [
        track for track in one(pictures[1], last, world.us(55.0)) if track.status != "ended"
    ]
    assert pictures[0].to_bytes() == pictures[1].to_bytes()


def test_a_picture_s_result_does_not_depend_by_a_bit_on_the_pictures_beside_it(world, noise):
    together, alone = [Picture() for _ in range(7)], [Picture() for _ in range(7)]
    for tick in range(12):
        reports = [
            world.report(
                source, f"t{body}", body, 0.5 * tick + 0.01 * ord(source), offset=noise(), estimate=kind
            )
            for body in range(5)
            for source, kind in (("a", "track"), ("b", "tracklet"), ("c", "tracklet"))
        ]
        # Every picture sees other bodies and sources: rows, batch sizes and places in the batch all differ.
        shares = [[r for k, r in enumerate(reports) if (k * 7 + 3) % (n + 1) == 0] for n in range(7)]
        at_us = world.us(0.5 * tick + 1.5)
        results = update(list(zip(together, shares, strict=True)), at_us)
        for n in reversed(range(7)):
            assert one(alone[n], shares[n], at_us) == results[n]
    assert [p.to_bytes() for p in together] == [p.to_bytes() for p in alone]


def test_launch_and_impact_are_renewed_once_a_second_of_data_time(world):
    picture = Picture()
    (first,) = one(picture, [world.report("a", "x", 0, 0.0)], world.us(0.0))
    assert first.launch is not None
    assert first.impact is not None
    assert first.launch.time_us < first.time_us < first.impact.time_us
    (soon,) = one(picture, [world.report("a", "x", 0, 0.9, offset=0.2)], world.us(0.9))
    assert (soon.launch, soon.impact) == (first.launch, first.impact)
    (later,) = one(picture, [world.report("a", "x", 0, 1.0, offset=0.2)], world.us(1.0))
    assert later.impact != first.impact


def test_a_source_cannot_open_tracks_without_end(world):
    picture = Picture()
    reports = [world.report("a", f"t{n}", n / 20.0, 0.0) for n in range(TRACKS_OF_ONE_SOURCE + 5)]
    one(picture, [*reports, world.report("b", "x", -9, 0.0)], world.us(0.0))
    sources = [key[0] for keys in picture.members().values() for key in keys]
    assert (sources.count("a"), sources.count("b")) == (TRACKS_OF_ONE_SOURCE, 1)


def test_after_preparing_no_kernel_is_left_to_compile(world):
    prepare()
    kernels = absorb, nearest, fuse, ground_rows
    before = [len(kernel.signatures) for kernel in kernels]
    assert min(before) >= 1
    picture = Picture()
    for second in range(3):
        reports = [world.report("a", "x", 0, second), world.report("b", "y", 0, second, estimate="tracklet")]
        update([(Picture.from_bytes(picture.to_bytes()), reports), (picture, reports)], world.us(second))
    assert [len(kernel.signatures) for kernel in kernels] == before
