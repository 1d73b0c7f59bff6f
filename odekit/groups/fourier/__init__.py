"""How do weights become coefficients? The one Fourier convention, both ways, and those of the papers."""
