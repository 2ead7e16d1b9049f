"""The report as a reader sees it: opened from the disk, with no network, in a real browser."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page

from synaspis.cli import main

WIDTHS_PX = {"desktop": 1400, "laptop": 1024, "telephone": 390}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "europe"
    options = ["--phase", "2015", "--phase", "2018", "--threat", "mrbm-2000", "--step-deg", "1"]
    result = CliRunner().invoke(main, ["study", "europe", "--out", str(folder), *options])
    assert result.exit_code == 0, result.output
    return folder / "report.html"


def opened(browser: Browser, report: Path, width_px: int) -> tuple[Page, list[str]]:
    """The page, and everything that went wrong or was asked for from elsewhere while it opened."""
    page = browser.new_context(viewport={"width": width_px, "height": 900}, offline=True).new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(f"script: {error}"))
    page.on("console", lambda line: trouble.append(line.text) if line.type in ("error", "warning") else None)
    page.on(
        "request", lambda request: trouble.append(request.url) if request.url.startswith("http") else None
    )
    page.goto(report.as_uri(), wait_until="load")
    return page, trouble


@pytest.mark.parametrize("width_px", WIDTHS_PX.values(), ids=WIDTHS_PX)
def test_the_report_opens_without_a_network_and_fits_the_window(
    browser: Browser, report: Path, width_px: int
):
    page, trouble = opened(browser, report, width_px)
    assert not trouble
    assert page.title()
    assert page.locator("h1").first.is_visible()
    overflow_px = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow_px <= 0, f"the page is {overflow_px} px wider than the window"


def test_the_maps_are_drawn(browser: Browser, report: Path):
    page, _ = opened(browser, report, WIDTHS_PX["desktop"])
    maps = [box for each in page.locator("svg").all() if (box := each.bounding_box()) and box["width"] > 200]
    assert len(maps) >= 2, "one for each phase"
    broken = page.evaluate("[...document.images].filter(i => !i.complete || i.naturalWidth === 0).length")
    assert broken == 0


def test_every_link_inside_the_page_leads_somewhere(browser: Browser, report: Path):
    page, _ = opened(browser, report, WIDTHS_PX["desktop"])
    lost = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1))"
        ".filter(id => id && !document.getElementById(id))"
    )
    assert lost == []
