"""Experiments on unit spheres, any group: converged runs, aligned starts, rates and votes."""
