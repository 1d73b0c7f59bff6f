"""How else can a result be had? As HTML in a notebook, as labelled arrays, as a file that others read.

Enters: what a result holds, with names and text that may be a user's. Leaves: HTML in which all of that is
text, and netCDF files that are written whole or not at all.
"""

from odekit.views.html import html_paragraph, html_table, html_text
from odekit.views.labelled import Labelled, attributes_of, labelled
from odekit.views.numbers import number_text

__all__ = [
    "Labelled",
    "attributes_of",
    "html_paragraph",
    "html_table",
    "html_text",
    "labelled",
    "number_text",
]
