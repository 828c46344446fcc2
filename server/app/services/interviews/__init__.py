"""Interviews, kits, panels, availability, scorecards."""
