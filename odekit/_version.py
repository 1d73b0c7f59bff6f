"""The version, which every artefact carries."""

__all__ = ["__version__"]

__version__ = "0.1.0"
