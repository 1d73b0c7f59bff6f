"""How is a network trained? Gradient flow and descent, from a seed or from given weights."""
