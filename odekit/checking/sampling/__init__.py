"""At which points, and in how many digits? Where formulas are compared, and numbers that are recognised."""
