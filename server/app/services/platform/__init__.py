"""Platform administration, sandboxes, sample data."""
