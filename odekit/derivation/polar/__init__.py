"""How do magnitudes and phases move? The reduced field in every form, with what is known of its orbits."""
