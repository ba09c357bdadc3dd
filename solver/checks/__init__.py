"""Finds what makes a problem meaningless, before anything is searched."""
