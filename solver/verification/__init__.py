"""A second opinion on every answer: shares no code with the search."""
