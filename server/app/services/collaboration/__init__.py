"""What colleagues share: notes and tasks about candidates, applications and jobs, and views of lists."""
