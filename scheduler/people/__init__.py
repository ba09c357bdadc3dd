"""Organisations, persons, qualifications, absences, crews."""
