"""What does it look like? Figures for a paper."""
