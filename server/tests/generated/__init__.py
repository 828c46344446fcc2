"""Tests generated from what the endpoints know of themselves."""
