"""Why an activity has no place, what would help, what it costs to force it in."""
