"""Approvals of jobs and offers, approval chains."""
