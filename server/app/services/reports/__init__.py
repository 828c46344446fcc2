"""Reports of hiring, and selection rates."""
