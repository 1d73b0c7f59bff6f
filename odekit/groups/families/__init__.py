"""Which groups have names? Cyclic, dihedral, symmetric and other families, products, and tables."""
