"""Experiments on Abelian groups without constraint: one frequency or many, populations, clocks."""
