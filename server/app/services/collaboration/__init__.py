"""What colleagues share about candidates, applications and jobs: notes and tasks."""
