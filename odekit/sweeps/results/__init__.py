"""What came of it? One tidy table, labelled arrays, and a summary with intervals."""

from odekit.sweeps.results.results import Results, gathered
from odekit.sweeps.results.rows import FAILED, TidyRows
from odekit.sweeps.results.summary import JUDGED, Counts, Summary
from odekit.sweeps.results.table import check_table
from odekit.sweeps.results.tables import summary_tables

__all__ = [
    "FAILED",
    "JUDGED",
    "Counts",
    "Results",
    "Summary",
    "TidyRows",
    "check_table",
    "gathered",
    "summary_tables",
]
