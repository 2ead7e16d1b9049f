"""The page stands alone, can be read without seeing, and says everything that it was given."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from synaspis.report import ReportContent, render_report
from synaspis.report.figures import coverage_figures

VOID = {"meta", "link", "br", "img", "path", "rect", "use", "image", "circle"}


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.words = [], [], [], []
        self.pictures, self.headers, self.outside = [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        for name in ("href", "src", "xlink:href"):
            value = given.get(name) or ""
            if value.startswith("#"):
                self.links.append(value[1:])
            elif value and not (tag == "a" or value.startswith("data:image/png;base64,")):
                self.outside.append((tag, value))
        if given.get("role") == "img":
            self.pictures.append(given.get("aria-label", ""))
        if tag == "th":
            self.headers.append(given.get("scope"))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def html(content):
    return render_report(content)


@pytest.fixture(scope="module")
def page(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def test_the_page_needs_no_network(html, page):
    assert page.outside == []
    assert not re.search(r"@import|url\((?!#)", html)
    assert len(html) < 8e6


def test_every_link_inside_has_a_target_and_no_id_is_given_twice(page):
    assert set(page.links) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_every_tag_is_closed(page):
    assert page.open == []


def test_every_map_is_described_and_every_header_says_what_it_heads(page):
    assert len(page.pictures) >= 2 * (12 + 9 + 12 + 12)
    assert all(len(text) > 30 for text in page.pictures)
    assert set(page.headers) <= {"col", "row", "rowgroup"}


def test_all_that_was_given_is_said(page, content):
    text = " ".join(" ".join(page.words).split())
    for item in (*content.assets, *content.phases, *content.threats):
        assert item.name in text
    for limit in content.limits:
        assert limit in text
    for assumption in content.assumptions:
        assert assumption.quantity in text
        assert assumption.value in text
        assert assumption.rivals in text
    for comparison in content.comparisons:
        assert comparison.statement in text
        assert comparison.found in text
    for source in content.sources:
        assert source.citation in text
    assert content.manifest["command"] in text


def test_text_from_files_cannot_become_markup(content):
    given = replace(content, title="<script>x</script>", question='A "&" <b>?')
    html = render_report(given)
    assert "<script>x" not in html
    assert "A &#34;&amp;&#34; &lt;b&gt;?" in html


def test_one_phase_and_no_extras_make_a_page_too(content):
    dataset = content.dataset.sel(phase=["p3"], threat=["far"]).drop_vars(
        ["contribution_area", "contribution_population"]
    )
    small = ReportContent(
        dataset,
        "One",
        "What?",
        "",
        content.phases[2:3],
        content.threats[2:3],
        content.assets,
        content.launches,
        content.outlines,
    )
    html = render_report(small)
    assert "What each phase added" not in html
    assert "Beside published statements" not in html


def test_everything_defended_leaves_no_gate(content):
    dataset = content.dataset.copy()
    dataset["defended"] = dataset["threatened"].broadcast_like(dataset["defended"])
    assert "No threatened cell is undefended." in render_report(replace(content, dataset=dataset))


def test_figures_are_named_after_their_case_and_hold_pictures(content):
    one = replace(
        content,
        dataset=content.dataset.sel(phase=["p3"], threat=["far"]),
        phases=content.phases[2:3],
        threats=content.threats[2:3],
    )
    figures = dict(coverage_figures(one, dpi=40))
    assert list(figures) == ["coverage.png", "coverage-p3-far.png"]
    assert all(png.startswith(b"\x89PNG") and len(png) > 5000 for png in figures.values())


def test_the_same_content_gives_the_same_bytes(content, html):
    assert render_report(content) == html
