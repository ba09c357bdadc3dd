"""Sites, opening hours, shifts, holidays."""
