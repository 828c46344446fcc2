"""Backup, doctor, encryption, health."""
