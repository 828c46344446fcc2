"""Hiring reports and selection rates."""
