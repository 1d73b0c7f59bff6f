"""How does a batch run as machine code? Integrators as text, for Numba and for JAX."""
