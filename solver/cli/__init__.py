"""The commands of `python -m solver`."""
