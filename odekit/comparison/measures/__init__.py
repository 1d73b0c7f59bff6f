"""What is measured of weights? Modes, shares of irreps, distances, rates, stages."""
