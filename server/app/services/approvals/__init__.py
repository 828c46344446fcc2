"""Approvals of jobs and offers, and their chains."""
