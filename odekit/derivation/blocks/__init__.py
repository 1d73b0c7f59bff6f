"""What moves on any finite group? Blocks at irreps: energy, flow, conservation laws, landscape."""
