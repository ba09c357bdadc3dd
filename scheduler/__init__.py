"""Markaz: a scheduler for a space centre. Standard library only here: the bootstrap imports it."""

__version__ = "0.1.0"
