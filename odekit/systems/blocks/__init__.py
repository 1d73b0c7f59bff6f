"""How do matrices move? Stacks of blocks, their flow in products, and their entries as real states."""

from odekit.systems.blocks.flow import ENERGY, BlockFlow, Term, matrix_expression, matrix_text
from odekit.systems.blocks.stack import BlockStack

__all__ = ["ENERGY", "BlockFlow", "BlockStack", "Term", "matrix_expression", "matrix_text"]
