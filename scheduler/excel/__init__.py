"""Workbooks in: the centre, its requests."""
