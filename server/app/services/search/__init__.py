"""Query language, search index, filters, skills."""
