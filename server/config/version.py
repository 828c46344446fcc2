"""The version of the server and its API (semver.org), as in `pyproject.toml`."""

VERSION = "1.0.0"
