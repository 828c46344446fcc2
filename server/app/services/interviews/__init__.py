"""Interviews: kits, panels, free slots, scorecards."""
