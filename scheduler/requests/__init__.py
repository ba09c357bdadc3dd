"""Wished activities and how they come to be approved."""
