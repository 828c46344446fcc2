"""Helpers for development."""
