"""What platform administrators do; sandboxes and sample data."""
