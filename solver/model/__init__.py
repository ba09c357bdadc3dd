"""CP-SAT models of some activities, placed anew around all that is fixed."""
