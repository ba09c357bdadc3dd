"""Labs, chambers, simulators, utilities, outages."""
