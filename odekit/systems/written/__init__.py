"""What did a user write? Equations as lines of text or in a TOML file, vectors by ranges of indices."""

from odekit.systems.written.document import *
from odekit.systems.written.entries import *
from odekit.systems.written.lines import *
