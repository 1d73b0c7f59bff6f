"""Is the derived field the gradient? Brute force over all tuples, exact or in numbers."""
