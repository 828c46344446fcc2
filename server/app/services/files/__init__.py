"""Stored files: signed links, pictures of first pages, orphans."""
