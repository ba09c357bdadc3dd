"""Projects, their members, and who may see them."""
