"""Windows, shots and gates against a slow look at the same flights, and what holds for every defence."""

from functools import cache
from math import acos, inf, radians
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synaspis.catalogue import load_catalogue
from synaspis.engagement import (
    BATTERIES_MAX,
    NEVER_S,
    SALVO_SPACING_S,
    SHOTS_MAX,
    Batteries,
    Gate,
    Rights,
    Tracks,
    engage,
)
from synaspis.engine.earth import ecef_to_geodetic, geodetic_to_ecef
from synaspis.engine.flyout import flyout_table
from synaspis.scenario import interceptor_parameters

MEAN_RADIUS_M = 6_371_000.0
CATALOGUE = load_catalogue().interceptors


class Battery(NamedTuple):
    """Place in degrees; table of a catalogue interceptor, or parameters."""

    latitude: float
    longitude: float
    item: str
    commit_s: float = 25.0
    assess_s: float = 20.0
    homing_s: float = 15.0
    changes: tuple[tuple[str, float], ...] = ()

    @property
    def table(self):
        return flyout_table(interceptor_parameters(CATALOGUE[self.item])._replace(**dict(self.changes)))


def arrays(batteries) -> Batteries:
    latitude, longitude = (np.radians([getattr(b, name) for b in batteries]) for name in Battery._fields[:2])
    return Batteries(
        geodetic_to_ecef(latitude, longitude, 0.0), np.arange(len(batteries)),
        tuple(b.table for b in batteries),
        *(np.array([getattr(b, name) for b in batteries]) for name in ("commit_s", "assess_s", "homing_s")),
    )  # fmt: skip


def tracks_of(windows, cases) -> Tracks:
    """The same (seen, firm, lost) of each radar for every case, or one for each case."""
    times = np.broadcast_to(np.array(windows, dtype=float), (cases, len(windows), 3))
    return Tracks(*(np.ascontiguousarray(times[..., k]) for k in range(3)), np.zeros((cases, 0)))


def all_rights(radars, batteries, variants=1, delay=0.0) -> Rights:
    shape = (variants, radars, batteries)
    on = np.ones(shape[:2], bool), np.ones((variants, batteries), bool)
    return Rights(*on, np.full(shape, delay), np.ones(shape, bool))


class Look(NamedTuple):
    shots: int
    earliest: float
    latest: float


@cache
def flight_times(path, battery):
    """Time of flight from a battery to each point of the dense path."""
    site = geodetic_to_ecef(radians(battery.latitude), radians(battery.longitude), 0.0)
    site /= np.linalg.norm(site)
    cosine = path.position @ site / np.linalg.norm(path.position, axis=1)
    return battery.table.at(MEAN_RADIUS_M * np.arccos(np.minimum(cosine, 1.0)), path.height)


def slow_look(path, battery, windows, delays, guides) -> Look:
    """What one battery can do, asked every quarter of a second; a window, delay and right for each radar."""
    firm = [
        max(w[1], path.burnout_s) + d
        for w, d in zip(windows, delays, strict=True)
        if w[1] < NEVER_S and d < NEVER_S and w[2] >= path.burnout_s
    ]
    if not firm:
        return Look(0, inf, -inf)
    ready = min(firm) + battery.commit_s
    flight = flight_times(path, battery)
    homing = path.time_s - battery.homing_s
    held = flight <= battery.homing_s
    for window, right in zip(windows, guides, strict=True):
        if right:
            held = held | ((window[1] <= homing) & (homing <= window[2]))
    launch = path.time_s - flight
    possible = held & (flight < NEVER_S) & (path.time_s >= path.burnout_s) & (launch >= ready)
    times = list(zip(path.time_s[possible].tolist(), launch[possible].tolist(), strict=True))
    if not times:
        return Look(0, inf, -inf)
    shots, next_launch = 0, ready
    for time, latest_launch in times:
        if latest_launch >= next_launch and shots < SHOTS_MAX:
            shots, next_launch = shots + 1, time + battery.assess_s
    return Look(shots, times[0][0], times[-1][0])


BATTERIES = [
    Battery(44.08, 24.42, "sm-3-ib"),
    Battery(36.6, 27.0, "sm-3-ib", assess_s=40.0),
    Battery(54.48, 17.1, "sm-3-iia"),
    Battery(39.9, 32.8, "thaad", commit_s=10.0, assess_s=10.0, homing_s=8.0),
    Battery(37.0, 30.5, "arrow-3", homing_s=20.0),
]
WINDOWS = [(60.0, 75.0, 300.0), (200.0, 260.0, 480.0), (350.0, 380.0, 700.0), (150.0, NEVER_S, NEVER_S)]


def test_windows_and_shots_are_those_of_the_slow_look(flown, paths):
    """Twelve random defences: windows within the spacing of nodes, shots alike in nine of ten or one off."""
    generator = np.random.default_rng(5)
    shape = (12, len(WINDOWS), len(BATTERIES))
    delays = np.where(generator.random(shape) < 0.6, generator.uniform(0.0, 60.0, shape), inf)
    rights = Rights(
        np.ones(shape[:2], bool), np.ones((12, len(BATTERIES)), bool), delays, generator.random(shape) < 0.5
    )
    found = engage(*flown, tracks_of(WINDOWS, len(paths)), arrays(BATTERIES), rights)
    compared, unlike, apart = 0, 0, []
    for v in range(12):
        for case, path in enumerate(paths):
            looks = [
                slow_look(
                    path, battery, WINDOWS, np.minimum(delays[v, :, b], NEVER_S), rights.guidance[v, :, b]
                )
                for b, battery in enumerate(BATTERIES)
            ]
            earliest, latest = min(look.earliest for look in looks), max(look.latest for look in looks)
            if earliest == inf:
                assert found.gate[v, case] != Gate.ENGAGED
                assert (found.shots[v, case], found.battery[v, case], found.able[v, case]) == (0, -1, 0)
                continue
            if latest - earliest < 2.0 * path.spacing_at(earliest):
                continue
            compared += 1
            assert found.gate[v, case] == Gate.ENGAGED
            assert found.earliest_s[v, case] == pytest.approx(earliest, abs=path.spacing_at(earliest) + 0.5)
            assert found.latest_s[v, case] == pytest.approx(latest, abs=path.spacing_at(latest) + 0.5)
            apart.append(abs(found.earliest_s[v, case] - earliest))
            most = max(look.shots for look in looks)
            assert abs(found.shots[v, case] - most) <= 1
            unlike += found.shots[v, case] != most
            assert looks[found.battery[v, case]].shots >= found.shots[v, case] - 1
    assert compared > 60
    assert unlike < 0.1 * compared
    assert np.median(apart) < 2.0


@pytest.fixture(scope="module")
def one(fly):
    """A flight of 1,800 km to the lower Danube."""
    return fly("mrbm-2000", (38.08, 46.29), [(44.4, 26.1)])


SEEN = [(80.0, 100.0, 800.0)]
ROMANIA = Battery(44.08, 24.42, "sm-3-iia")
GATES = {
    Gate.NO_INTERCEPTOR: (ROMANIA, SEEN, {"battery_on": False}),
    Gate.OUT_OF_REACH: (Battery(36.6, -6.3, "sm-3-ib"), SEEN, {}),
    Gate.TOO_HIGH: (Battery(42.3, 36.0, "thaad"), SEEN, {}),
    Gate.TOO_LOW: (Battery(44.4, 26.1, "sm-3-ib", changes=(("range_max_m", 20e3),)), SEEN, {}),
    Gate.BEFORE_BURNOUT_ONLY: (Battery(38.08, 46.29, "pac-3-mse"), SEEN, {}),
    Gate.NOT_SEEN: (ROMANIA, [(NEVER_S, NEVER_S, NEVER_S)], {}),
    Gate.NOT_SHARED: (ROMANIA, SEEN, {"delay": inf}),
    Gate.NO_FIRM_TRACK: (ROMANIA, [(80.0, NEVER_S, NEVER_S)], {}),
    Gate.TRACK_TOO_LATE: (ROMANIA, [(80.0, 700.0, 800.0)], {}),
    Gate.NO_GUIDANCE: (ROMANIA, SEEN, {"guidance": False}),
    Gate.TOO_FEW_SHOTS: (ROMANIA, SEEN, {"required": SHOTS_MAX}),
    Gate.ENGAGED: (ROMANIA, SEEN, {}),
}


def decide(flown, batteries, windows, battery_on=True, delay=0.0, guidance=True, required=1):
    rights = all_rights(len(windows), len(batteries), delay=delay)
    rights.battery_on[...], rights.guidance[...] = battery_on, guidance
    return engage(*flown, tracks_of(windows, len(flown.nodes)), arrays(batteries), rights, required)


def test_every_gate_has_a_case():
    """But the last, which means that there is no flight at all; `analyses.coverage` sets it."""
    assert set(GATES) == set(Gate) - {Gate.NOT_THREATENED}


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name.lower())
def test_gate(gate, one):
    battery, windows, settings_ = GATES[gate]
    found = decide(one, [battery], windows, **settings_)
    assert Gate(int(found.gate[0, 0])) == gate
    assert bool(found.able[0, 0]) == (gate == Gate.ENGAGED)
    assert bool(found.shots[0, 0]) == (gate in (Gate.TOO_FEW_SHOTS, Gate.ENGAGED))


@pytest.mark.parametrize("higher", [g for g in GATES if g.value > 1], ids=lambda gate: gate.name.lower())
def test_the_gate_is_that_of_the_battery_that_came_closest(higher, one):
    """Beside a battery that is out of reach, in either order."""
    battery, windows, settings_ = GATES[higher]
    far = GATES[Gate.OUT_OF_REACH][0]
    for batteries in ([battery, far], [far, battery]):
        assert decide(one, batteries, windows, **settings_).gate[0, 0] == higher


def test_the_gates_have_sentences():
    assert all(gate.sentence for gate in Gate)
    assert len({gate.sentence for gate in Gate}) == len(Gate)


def test_no_batteries_at_all(one):
    nothing = Batteries(np.zeros((0, 3)), np.zeros(0, np.int64), (), np.zeros(0), np.zeros(0), np.zeros(0))
    found = engage(*one, tracks_of(SEEN, 1), nothing, all_rights(1, 0))
    assert (found.gate[0, 0], found.shots[0, 0], found.battery[0, 0]) == (Gate.NO_INTERCEPTOR, 0, -1)
    assert (found.earliest_s[0, 0], found.latest_s[0, 0]) == (NEVER_S, NEVER_S)


def test_too_much_is_refused(one):
    many = [ROMANIA] * (BATTERIES_MAX + 1)
    with pytest.raises(ValueError, match=r"64 batteries and [0-9]+ nodes are too many: at most 63 and 512"):
        decide(one, many, SEEN)


# Two radars: a far one that sees early, the battery's own that sees late and holds to the end.
FAR, OWN = (80.0, 100.0, 470.0), (450.0, 480.0, 800.0)


def with_rights(one, far_delay, far_guides, battery=ROMANIA):
    rights = all_rights(2, 1)
    rights.track_delay_s[0, 0, 0], rights.guidance[0, 0, 0] = far_delay, far_guides
    return engage(*one, tracks_of([FAR, OWN], 1), arrays([battery]), rights)


def test_own_sensor_launch_on_remote_engage_on_remote(one):
    """Each step of sharing gives an earlier first intercept; only the last one before the own track."""
    own, launch, both = (with_rights(one, *r) for r in ((inf, False), (10.0, False), (10.0, True)))
    assert own.earliest_s[0, 0] > launch.earliest_s[0, 0] > both.earliest_s[0, 0]
    # Launched on the far track, guided by the own one: no intercept before that is firm, less the homing.
    assert launch.earliest_s[0, 0] >= OWN[1] + ROMANIA.homing_s
    assert both.earliest_s[0, 0] < OWN[1]
    assert own.shots[0, 0] <= launch.shots[0, 0] <= both.shots[0, 0]


def test_launch_on_remote_meets_the_flight_as_soon_as_the_own_radar_holds_it(one):
    """The interceptor is under way by then; what counts is the own track and the homing."""
    found = with_rights(one, 10.0, False)
    assert found.earliest_s[0, 0] == pytest.approx(OWN[1] + ROMANIA.homing_s, abs=1e-6)


def test_a_delay_of_the_track_is_paid_in_time(one):
    """Beyond some delay the own track comes first, and the delay no longer matters."""
    times = [float(with_rights(one, delay, True).earliest_s[0, 0]) for delay in (0.0, 20.0, 60.0, 500.0, inf)]
    assert times == sorted(times)
    assert times[0] < times[2]
    assert times[3] == times[4]


def test_commit_delay_acts_like_a_delay_of_the_track(one):
    slow = ROMANIA._replace(commit_s=ROMANIA.commit_s + 30.0)
    assert with_rights(one, 10.0, True, slow).earliest_s == with_rights(one, 40.0, True).earliest_s


def test_nobody_launches_on_a_missile_that_still_burns(one):
    """Where it goes is known only when the burning ends: a track counts from then on, or not at all."""
    burnout = float(one.burnout_s[0])
    early, later = (decide(one, [ROMANIA], [(20.0, firm, 800.0)]) for firm in (burnout - 40.0, burnout))
    assert early.earliest_s == later.earliest_s
    lost = decide(one, [ROMANIA], [(20.0, 40.0, burnout - 5.0)])
    assert lost.gate[0, 0] == Gate.NO_FIRM_TRACK


def test_an_interceptor_that_homes_all_the_way_needs_no_guidance(one):
    alone = ROMANIA._replace(homing_s=1e4)
    assert decide(one, [alone], SEEN, guidance=False).gate[0, 0] == Gate.ENGAGED


def test_a_track_that_is_lost_ends_the_window(one):
    whole = decide(one, [ROMANIA], SEEN)
    short = decide(one, [ROMANIA], [(80.0, 100.0, 480.0)])
    # Found at a node, 13 s apart here.
    assert 480.0 + ROMANIA.homing_s - 13.0 < short.latest_s[0, 0] <= 480.0 + ROMANIA.homing_s
    assert short.latest_s[0, 0] < whole.latest_s[0, 0]
    assert short.earliest_s[0, 0] == whole.earliest_s[0, 0]


def test_salvo_and_waiting_for_the_outcome(one, paths):
    """Without waiting a battery launches every 5 s and fits in more; the first intercept is the same."""
    waits = decide(one, [ROMANIA._replace(assess_s=60.0)], SEEN)
    hasty = decide(one, [ROMANIA._replace(assess_s=0.0)], SEEN)
    salvo = decide(one, [ROMANIA._replace(assess_s=inf)], SEEN)
    assert waits.shots[0, 0] <= hasty.shots[0, 0] < salvo.shots[0, 0] <= SHOTS_MAX
    assert waits.earliest_s[0, 0] == hasty.earliest_s[0, 0] == salvo.earliest_s[0, 0]


def test_shots_of_a_salvo_fill_the_time_between_first_and_last_launch(one):
    """By hand: 22 s before the last launch that meets the flight at a node, a fifth shot just fits in."""
    nodes = one.nodes[0]
    site = geodetic_to_ecef(radians(44.08), radians(24.42), 0.0)
    angle = np.array([acos(p @ site / np.linalg.norm(p) / np.linalg.norm(site)) for p in nodes[1:4].T])
    flight = ROMANIA.table.at(MEAN_RADIUS_M * angle, ecef_to_geodetic(nodes[1:4].T)[2])
    last = (nodes[0] - flight)[(flight < NEVER_S) & (nodes[0] >= one.burnout_s[0])].max()
    battery = ROMANIA._replace(assess_s=inf, commit_s=last - 22.0 - SEEN[0][1])
    assert decide(one, [battery], SEEN).shots[0, 0] == 1 + int(22.0 / SALVO_SPACING_S) == 5


DEFENCES = st.fixed_dictionaries(
    {
        "radar_on": st.lists(st.booleans(), min_size=4, max_size=4),
        "battery_on": st.lists(st.booleans(), min_size=5, max_size=5),
        "delay": st.lists(st.sampled_from([0.0, 15.0, 60.0, inf]), min_size=20, max_size=20),
        "guidance": st.lists(st.booleans(), min_size=20, max_size=20),
    }
)


def as_rights(*defences) -> Rights:
    radar_on, battery_on, delay, guidance = (
        np.array([defence[name] for defence in defences])
        for name in ("radar_on", "battery_on", "delay", "guidance")
    )
    shape = (len(defences), 4, 5)
    return Rights(radar_on, battery_on, delay.reshape(shape).astype(float), guidance.reshape(shape))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DEFENCES, DEFENCES)
def test_more_sensors_batteries_rights_and_speed_never_take_anything_away(flown, first, second):
    """Whatever two defences are put together defends at least what each does alone, and not later."""
    both = {
        name: [
            (min if name == "delay" else max)(pair) for pair in zip(first[name], second[name], strict=True)
        ]
        for name in first
    }
    tracks = tracks_of(WINDOWS, len(flown.nodes))
    found = engage(*flown, tracks, arrays(BATTERIES), as_rights(first, second, both))
    for part in (0, 1):
        assert np.all(found.able[part] & ~found.able[2] == 0)
        assert np.all(found.shots[2] >= found.shots[part])
        assert np.all(found.gate[2] >= found.gate[part])
        assert np.all(found.earliest_s[2] <= found.earliest_s[part] + 1e-9)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DEFENCES, st.permutations(range(4)), st.permutations(range(5)))
def test_the_order_of_assets_does_not_matter(flown, defence, radars, batteries):
    rights = as_rights(defence)
    shuffled = Rights(
        rights.radar_on[:, radars], rights.battery_on[:, batteries],
        rights.track_delay_s[:, radars][:, :, batteries], rights.guidance[:, radars][:, :, batteries],
    )  # fmt: skip
    cases = len(flown.nodes)
    one = engage(*flown, tracks_of(WINDOWS, cases), arrays(BATTERIES), rights)
    other = engage(
        *flown, tracks_of([WINDOWS[r] for r in radars], cases), arrays([BATTERIES[b] for b in batteries]),
        Rights(*map(np.ascontiguousarray, shuffled)),
    )  # fmt: skip
    for name in ("shots", "gate", "earliest_s", "latest_s"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-6)
    for new, old in enumerate(batteries):
        assert np.array_equal(one.able >> old & 1, other.able >> new & 1)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0.0, 120.0), st.floats(0.0, 60.0), st.floats(0.0, 120.0), st.floats(0.0, 60.0))
def test_quicker_batteries_never_do_less(flown, commit, assess, more_commit, more_assess):
    tracks, rights = tracks_of(WINDOWS, len(flown.nodes)), all_rights(4, 5)
    quick = [b._replace(commit_s=commit, assess_s=assess) for b in BATTERIES]
    slow = [b._replace(commit_s=commit + more_commit, assess_s=assess + more_assess) for b in BATTERIES]
    found, less = (engage(*flown, tracks, arrays(group), rights) for group in (quick, slow))
    assert np.all(less.able & ~found.able == 0)
    assert np.all(found.shots >= less.shots)
    assert np.all(found.earliest_s <= less.earliest_s + 1e-9)


def test_a_flight_is_engaged_alike_alone_and_in_company(flown):
    tracks, rights = tracks_of(WINDOWS, 1), all_rights(4, 5)
    together = engage(*flown, tracks_of(WINDOWS, len(flown.nodes)), arrays(BATTERIES), rights)
    for case in range(0, len(flown.nodes), 7):
        alone = engage(
            flown.nodes[case : case + 1], flown.burnout_s[case : case + 1], tracks, arrays(BATTERIES), rights
        )
        assert alone.shots[0, 0] == together.shots[0, case]
        assert alone.gate[0, 0] == together.gate[0, case]
        assert alone.earliest_s[0, 0] == pytest.approx(together.earliest_s[0, case], abs=1e-9)
