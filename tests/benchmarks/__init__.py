"""Instances from elsewhere as problems of ours, and our answers in their formats."""
