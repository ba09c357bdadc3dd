"""From nothing to a good schedule: greedy starts, quick rounds, neighbourhoods solved by CP-SAT."""
