"""Jobs and what belongs to them: stages, teams, questions, postings, templates, the board."""
