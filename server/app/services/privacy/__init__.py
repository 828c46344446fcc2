"""Erasure, subject exports, retention."""
