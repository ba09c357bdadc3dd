"""The way out: weekly schedule, duty roster, utilisation."""
