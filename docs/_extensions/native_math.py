"""Formulas as MathML, made when the documentation is built: no script and no network when it is read."""

import re

from docutils import nodes
from docutils.utils.math import latex2mathml
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

LOGGER = logging.getLogger(__name__)


def _mathml(latex: str, node: nodes.Node, *, as_block: bool) -> str:
    # The converter knows `aligned` inside a formula, not the environments that stand for themselves.
    inner = re.sub(r"\\(begin|end)\{align\*?\}", r"\\\1{aligned}", latex)
    try:
        return latex2mathml.tex2mathml(inner, as_block=as_block)
    except Exception as error:  # of several kinds; each means an unreadable formula
        LOGGER.warning("cannot convert the formula %r: %s", latex, error, location=node)
        return f"<code>{latex}</code>"


def _inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(_mathml(node.astext(), node, as_block=False))
    raise nodes.SkipNode


def _display(self: HTML5Translator, node: nodes.math_block) -> None:
    identifier = f' id="{node["ids"][0]}"' if node.get("ids") else ""
    self.body.append(f'<div class="math"{identifier}>')
    self.body.append(_mathml(node.astext().strip(), node, as_block=True))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})</span>')
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_html_math_renderer("native_math", (_inline, None), (_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
