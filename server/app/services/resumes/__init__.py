"""Resumes: read, kept, and turned into facts."""
