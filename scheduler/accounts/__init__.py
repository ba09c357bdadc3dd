"""Sign-in, users, roles."""
