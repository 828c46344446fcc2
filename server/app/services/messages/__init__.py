"""Messages to candidates and their answers."""
