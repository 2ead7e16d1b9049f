"""How the documentation is built: Sphinx with MyST, no network at build time or when it is read."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "Synaspis"
author = "The Synaspis developers"
copyright = "the Synaspis developers; licence Apache-2.0"
version = release = installed_version("synaspis")

extensions = [
    "myst_parser",
    "native_math",
    "generated_pages",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "_extensions", "adr/template.md"]

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath", "fieldlist"]
myst_heading_anchors = 3
# Equations are numbered within their page's section: (3.2) is the second equation of the third methods page.
numfig = True
math_numfig = True
math_numsep = "."
math_eqref_format = "equation {number}"

nitpicky = False
suppress_warnings = ["myst.header"]

html_theme = "furo"
html_title = "Synaspis"
html_math_renderer = "native_math"
html_static_path = ["_static"]
html_css_files = ["synaspis.css"]
html_copy_source = False
html_show_sphinx = False
pygments_style = "friendly"
