"""How is a step taken? Stages, error control, and the bookkeeping of a batch."""
