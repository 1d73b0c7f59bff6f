"""The commands that compute many cells: ``sweep`` and ``calibrate``."""
