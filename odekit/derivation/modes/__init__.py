"""Which modes couple? From the loss to the reduced field in Fourier coefficients, by selection rules."""
