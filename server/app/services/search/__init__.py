"""How candidates are searched: the language, the index of words, filters, skills by their names."""
