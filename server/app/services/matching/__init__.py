"""How well candidates fit a job."""
