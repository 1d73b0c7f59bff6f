"""What of activations that are no polynomial? One harmonic of one frequency, and what it neglects."""
