"""Careers pages and public applications."""
