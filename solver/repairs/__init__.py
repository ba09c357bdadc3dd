"""The least change to a published plan after a disturbance."""
