"""Settings of Sphinx; `.docs/build.py` runs it."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MARK = str(HERE / "static" / "mark.svg")
sys.path[:0] = [str(HERE), str(HERE.parent)]

import odekit  # noqa: E402
from odekit.claims import CLAIMS  # noqa: E402

project = "odekit"
copyright = "the authors of odekit"
version = release = odekit.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx_design",
    "tools.docstrings",
    "tools.formulas",
    "tools.mathml",
]
# A link that leads nowhere is an error.
nitpicky = True
default_role = "literal"
toc_object_entries_show_parents = "hide"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
autodoc_member_order = "bysource"

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "substitution"]
myst_substitutions = {"claims": sum(not claim.full_only for claim in CLAIMS)}
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_merge_streams = True
nb_execution_show_tb = True

html_context = {"default_mode": "auto"}
html_theme = "pydata_sphinx_theme"
html_title = "odekit"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_favicon = "static/mark.svg"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
# A summary would be fetched, which pages on a disk may not do.
html_show_search_summary = False
html_math_renderer = "mathml"
html_theme_options = {
    "logo": {"text": "odekit", "image_light": MARK, "image_dark": MARK},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button"],
    "show_prev_next": True,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"index": [], "first_minute": [], "gallery": [], "glossary": []}
