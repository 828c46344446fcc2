"""Resumes: parsing, storage, facts."""
