"""What is finished? A folder in which nothing is lost: a file for each cell, with a checksum."""

from odekit.sweeps.store.folder import Store, read_index
from odekit.sweeps.store.record import DamagedError, Record, decoded_record

__all__ = ["DamagedError", "Record", "Store", "decoded_record", "read_index"]
