"""Signed links, thumbnails, orphaned files."""
