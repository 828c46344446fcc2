"""Jobs, stages, teams, questions, postings, templates, pipeline board."""
