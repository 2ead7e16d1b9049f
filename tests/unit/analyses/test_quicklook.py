"""The map at a first look: which class a cell has, and that the picture shows its colour in its place."""

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from synaspis.analyses._quicklook import CLASSES, map_classes, quicklook

mpl.use("Agg", force=True)
SEA, LAND, OUT, OPEN, HELD = range(5)
# As the legend and the user see them: white, two greys, vermilion and blue of Okabe and Ito.
COLOURS = {SEA: "#ffffff", LAND: "#ececec", OUT: "#bdbdbd", OPEN: "#d55e00", HELD: "#0072b2"}


@pytest.fixture
def dataset() -> xr.Dataset:
    """Two rows of three cells. South: sea, foreign land, own land. North: own land."""
    plane = ("latitude", "longitude")
    return xr.Dataset(
        {
            "land": (plane, np.array([[0, 1, 1], [1, 1, 1]], np.int8)),
            "territory": (plane, np.array([[0, 0, 1], [1, 1, 1]], np.int8)),
            "threatened": (
                ("threat", *plane),
                np.array([[[0, 0, 0], [1, 1, 1]], [[0, 0, 1], [0, 0, 1]]], np.int8),
            ),
            "defended": (
                ("phase", "threat", *plane),
                np.array(
                    [
                        [[[0, 0, 0], [1, 0, 0]], [[0, 0, 0], [0, 0, 0]]],
                        [[[0, 0, 0], [1, 1, 0]], [[0, 0, 1], [0, 0, 0]]],
                    ],
                    np.int8,
                ),
            ),
        },
        {
            "phase": ["2011", "2018"],
            "threat": ["near", "far"],
            "latitude": [40.0, 42.0],
            "longitude": [20.0, 22.0, 24.0],
        },
    )


EXPECTED = np.array(
    [
        [[[SEA, LAND, OUT], [HELD, OPEN, OPEN]], [[SEA, LAND, OPEN], [OUT, OUT, OPEN]]],
        [[[SEA, LAND, OUT], [HELD, HELD, OPEN]], [[SEA, LAND, HELD], [OUT, OUT, OPEN]]],
    ]
)


@pytest.fixture(autouse=True)
def _no_figure_left():
    yield
    pyplot.close("all")


def colours_drawn(figure: Figure, dataset: xr.Dataset) -> np.ndarray:
    """Colour of the pixel at the centre of each cell, (map, latitude, longitude, 4)."""
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())
    longitude, latitude = np.meshgrid(dataset["longitude"], dataset["latitude"])
    found = []
    for axis in figure.axes:
        x, y = axis.transData.transform(np.column_stack([longitude.ravel(), latitude.ravel()])).T
        cells = pixels[pixels.shape[0] - 1 - y.astype(int), x.astype(int)]
        found.append(cells.reshape(*longitude.shape, 4))
    return np.array(found)


def test_classes_of_the_cells(dataset):
    assert CLASSES == ("sea", "land", "territory out of reach", "in reach, not defended", "defended")
    np.testing.assert_array_equal(map_classes(dataset).values, EXPECTED)


@pytest.mark.parametrize(
    "order",
    [
        ("phase", "threat", "latitude", "longitude"),
        ("threat", "phase", "latitude", "longitude"),
        ("longitude", "threat", "latitude", "phase"),
    ],
    ids=" ".join,
)
def test_the_order_of_dimensions_does_not_matter(dataset, order):
    classes = map_classes(dataset.transpose(*order)).transpose("phase", "threat", "latitude", "longitude")
    np.testing.assert_array_equal(classes.values, EXPECTED)


@pytest.mark.parametrize("order", [("phase", "threat"), ("threat", "phase")], ids=" ".join)
def test_each_cell_has_its_colour_in_its_place(dataset, order):
    figure = quicklook(dataset.transpose(*order, ...))
    assert [axis.get_title() for axis in figure.axes] == [
        "2011, near",
        "2011, far",
        "2018, near",
        "2018, far",
    ]
    drawn = colours_drawn(figure, dataset)
    expected = np.array([np.array(to_rgba(COLOURS[k])) * 255 for k in EXPECTED.ravel()]).reshape(4, 2, 3, 4)
    np.testing.assert_allclose(drawn, expected, atol=1)


@pytest.mark.parametrize(
    ("chosen", "titles", "index"),
    [
        ({"phase": 1}, ["2018, near", "2018, far"], np.s_[1]),
        ({"threat": 1}, ["2011, far", "2018, far"], np.s_[:, 1]),
        ({"phase": 1, "threat": 0}, ["2018, near"], np.s_[1:, 0]),
        ({"phase": [1], "threat": [0]}, ["2018, near"], np.s_[1:, 0]),
    ],
)
def test_a_part_of_the_cases(dataset, chosen, titles, index):
    part = dataset.isel(chosen)
    figure = quicklook(part)
    assert [axis.get_title() for axis in figure.axes] == titles
    expected = np.array([to_rgba(COLOURS[k]) for k in EXPECTED[index].ravel()]) * 255
    np.testing.assert_allclose(colours_drawn(figure, part).reshape(-1, 4), expected, atol=1)


def test_without_the_names_of_phase_and_threat(dataset):
    figure = quicklook(dataset.isel(phase=0, threat=0, drop=True))
    assert [axis.get_title() for axis in figure.axes] == [""]


def test_the_legend_names_the_colours_and_fits_into_the_picture(dataset):
    for part in (dataset, dataset.isel(phase=0, threat=0)):
        figure = quicklook(part)
        figure.canvas.draw()
        (legend,) = figure.legends
        named = {
            text.get_text(): patch
            for text, patch in zip(legend.get_texts(), legend.get_patches(), strict=True)
        }
        assert {text: patch.get_facecolor() for text, patch in named.items()} == {
            CLASSES[k]: to_rgba(COLOURS[k]) for k in (OUT, OPEN, HELD)
        }
        box = legend.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.x1
    assert figure.get_supxlabel() == "longitude, degrees east"
    assert figure.get_supylabel() == "latitude, degrees north"


def test_options_go_to_the_figure(dataset):
    figure = quicklook(dataset.isel(phase=0, threat=0), figsize=(4.0, 3.0), dpi=50)
    assert figure.get_size_inches().tolist() == [4.0, 3.0]
    assert figure.dpi == 50
    figure.canvas.draw()
    assert figure.legends[0].get_window_extent().x0 >= 0


def test_a_notebook_shows_the_picture_once(dataset, monkeypatch, tmp_path):
    """There the returned figure is shown, and every figure that is still open; elsewhere it stays open."""
    assert quicklook(dataset).number in pyplot.get_fignums()
    pyplot.close("all")
    monkeypatch.setattr(pyplot, "get_backend", lambda: "module://matplotlib_inline.backend_inline")
    figure = quicklook(dataset)
    assert not pyplot.get_fignums()
    figure.savefig(tmp_path / "map.png")
    assert (tmp_path / "map.png").stat().st_size > 5_000


def test_a_dataset_without_what_a_map_needs_is_refused(dataset):
    text = "the map needs defended, threatened, territory, land; the Dataset lacks threatened, land"
    with pytest.raises(ValueError, match=text):
        quicklook(dataset.drop_vars(["threatened", "land"]))
