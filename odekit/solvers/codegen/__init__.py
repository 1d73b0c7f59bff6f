"""How do symbols become code? Right-hand sides and Taylor series as text, for every backend."""
