"""Mathematics that knows no system: polynomials, linear algebra, means of periodic functions."""
