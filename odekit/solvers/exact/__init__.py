"""Which flows are solved without a step? Elliptic orbits, blow-up times, competitions on spheres."""
