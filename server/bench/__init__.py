"""Measures the server next to a bare WSGI contender in one run: `make bench`."""
