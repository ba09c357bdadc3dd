"""Schedules that are to end soon: everything is mandatory, and the makespan counts."""
