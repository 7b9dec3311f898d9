"""How much the check catches and how fast everything is."""
