"""What no schedule can exceed."""
