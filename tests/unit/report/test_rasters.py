"""Classes and palette images on grids small enough to reckon by hand."""

from io import BytesIO
from itertools import combinations

import numpy as np
import xarray as xr
from PIL import Image

from synaspis.engagement.gates import Gate
from synaspis.report import palette
from synaspis.report.projection import MapFrame
from synaspis.report.rasters import (
    Category,
    count_classes,
    coverage_classes,
    coverage_legend,
    difference_classes,
    gates_present,
    image,
    territory_pixels,
    warning_classes,
    warning_edges_min,
    warning_legend,
)


def case(defended, shots, gate, threatened=None, warning=None):
    arrays = {
        "defended": defended,
        "shots": shots,
        "gate": gate,
        "threatened": threatened if threatened is not None else [[1] * len(defended[0])],
        "warning_time": warning if warning is not None else [[60.0] * len(defended[0])],
    }
    return xr.Dataset({name: (("latitude", "longitude"), np.array(a)) for name, a in arrays.items()})


GATES = [[Gate.ENGAGED, Gate.ENGAGED, Gate.TOO_LOW, Gate.NOT_SHARED, Gate.NOT_SEEN]]
CASE = case([[1, 1, 0, 0, 0]], [[1, 3, 0, 0, 0]], GATES, [[1, 1, 1, 1, 0]])


def test_only_gates_of_threatened_open_cells_are_in_the_legend():
    assert [(gate.value, gate.label) for gate in gates_present(CASE)] == [
        (Gate.TOO_LOW, "too low where a battery could reach it"),
        (Gate.NOT_SHARED, "seen, but the track is not shared"),
    ]


def test_every_gate_that_leaves_a_place_open_has_words_and_a_colour():
    every = [gate for gate in Gate if gate not in (Gate.ENGAGED, Gate.NOT_THREATENED)]
    row = case([[0] * len(every)], [[0] * len(every)], [every])
    assert [entry.value for entry in gates_present(row)] == every
    assert len({entry.colour for entry in gates_present(row)}) == len(every)


def test_classes_follow_shots_and_gates():
    assert coverage_classes(CASE, coverage_legend(CASE)).tolist() == [[1, 2, 3, 4, 0]]


def test_difference_classes_are_kept_gained_and_lost():
    after = case([[1, 0, 1, 0, 0]], [[1, 0, 1, 0, 0]], [[0, 0, 0, 0, 0]])
    assert difference_classes(CASE, after).tolist() == [[1, 3, 2, 0, 0]]


def test_warning_steps_show_no_warning_and_leave_out_what_is_not_threatened():
    given = case([[0] * 4], [[0] * 4], [[0] * 4], [[1, 1, 1, 0]], [[60.0, 240.0, np.nan, 60.0]])
    assert warning_classes(given, [2.0, 4.0, 6.0, 8.0]).tolist() == [[2, 4, 1, 0]]


def test_edges_are_whole_minutes_and_rise():
    edges = warning_edges_min(np.array([100.0, 300.0, 700.0, np.nan]))
    assert all(edge == round(edge) for edge in edges)
    assert np.all(np.diff(edges) >= 1.0)
    assert warning_edges_min(np.array([np.nan])) == [2.0, 4.0, 6.0, 8.0]


def test_the_legend_of_warning_times_names_both_ends():
    labels = [entry.label for entry in warning_legend([2, 4, 6, 8])]
    assert labels[:3] == ["no warning", "under 2 min", "2 to 4 min"]
    assert labels[-1] == "8 min or more"


def test_radars_are_counted_where_there_is_a_threat():
    count, threatened = np.array([[0, 1, 9, 2]]), np.array([[True, True, True, False]])
    assert count_classes(count, threatened, 5).tolist() == [[1, 2, 6, 0]]


def test_an_image_shows_the_legend_colours_on_a_clear_ground():
    classes = np.array([[0, 1], [2, 1]], dtype=np.uint8)
    cells = np.array([[0, 1, -1], [2, 3, -1]])
    png = image(classes, cells, [Category("a", palette.VERMILION), Category("b", palette.BLUE)])
    pixels = np.asarray(Image.open(BytesIO(png)).convert("RGBA"))
    assert pixels[0, 1, :3].tolist() == [0xD5, 0x5E, 0x00]
    assert pixels[1, 0, :3].tolist() == [0x00, 0x72, 0xB2]
    assert pixels[:, :, 3].tolist() == [[0, 255, 0], [255, 255, 0]]


def test_a_coastal_pixel_takes_the_nearest_cell_of_the_territory():
    frame = MapFrame("+proj=eqc +lon_0=0 +datum=WGS84", 0.0, 0.0, 1.0e6, 1.0e6)
    degree_m = 111319.49
    latitude, longitude = np.arange(0.5, 9.0), np.arange(0.5, 9.0)
    # Territory: x from 2.0 to 5.3 degrees, the whole height; the cells of column 5 have their centre outside.
    left, right = (1000.0 * degrees * degree_m / 1.0e6 for degrees in (2.0, 5.3))
    own = [np.array([[left, 0.0], [right, 0.0], [right, 1000.0], [left, 1000.0]])]
    own_cells = np.broadcast_to((longitude > 2.0) & (longitude < 5.0), (9, 9))
    pixels = territory_pixels(frame.pixel_cells(latitude, longitude, 500), own_cells, own)
    columns = {int(c) % 9 for c in np.unique(pixels[pixels >= 0])}
    assert columns == {2, 3, 4}
    y, x = 200, int(5.2 * degree_m / 1.0e6 * 500)
    assert pixels[y, x] % 9 == 4
    assert pixels[y, int(6.0 * degree_m / 1.0e6 * 500)] == -1


def seen_as(colour, matrix):
    """CIELAB of a colour as somebody sees it whose cones answer as the matrix says."""
    light = np.array(palette.rgb(colour)) / 255.0
    light = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]])
    xyz = to_xyz @ np.clip(matrix @ light, 0.0, 1.0) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16.0 / 116.0)
    return np.array([116.0 * f[1] - 16.0, 500.0 * (f[0] - f[1]), 200.0 * (f[1] - f[2])])


def test_colours_of_categories_stay_apart_for_the_colour_blind():
    # Origin of the matrices: Machado, Oliveira and Fernandes (2009), doi:10.1109/TVCG.2009.113, table 1,
    # severity 1. A CIELAB distance of 2.3 is just noticeable; neighbouring areas want several times that.
    protan = np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]])
    deutan = np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]])
    tritan = np.array([[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]])
    sets = [
        [palette.DEFENDED_ONCE, palette.DEFENDED_TWICE, *palette.GATES.values()],
        [palette.GAINED, palette.LOST, palette.KEPT],
        list(palette.WARNING_RAMP),
        list(palette.SENSOR_RAMP),
    ]
    for colours in sets:
        for a, b in combinations(colours, 2):
            for matrix in (np.eye(3), protan, deutan, tritan):
                assert np.linalg.norm(seen_as(a, matrix) - seen_as(b, matrix)) > 12.0, (a, b)


def test_ramps_run_one_way_in_grey_print():
    for ramp in (palette.WARNING_RAMP, palette.SENSOR_RAMP):
        lightness = np.diff([seen_as(colour, np.eye(3))[0] for colour in ramp])
        assert np.all(lightness > 5.0) or np.all(lightness < -5.0)
