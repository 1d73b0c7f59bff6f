"""What does a line assert? Identities that have to hold, under which premises, and what would be right."""

from odekit.checking.statements.assertions import *
from odekit.checking.statements.statement import *
