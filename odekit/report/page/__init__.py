"""What does a reader see who has no odekit? Pages of one file each, which ask no host for anything."""

from odekit.report.page.comparison import *
from odekit.report.page.findings import *
from odekit.report.page.system import *
from odekit.report.page.verification import *
