"""Applications on their way through the stages of a job."""
