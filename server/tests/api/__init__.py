"""Stories told through the API: what a client sees, package by package as in services/."""
