"""How sure is a measured order, a proportion, a uniform distribution? Intervals, tests and their power."""
