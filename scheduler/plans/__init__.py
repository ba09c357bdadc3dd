"""Drafts made by the solver: build, publish."""
