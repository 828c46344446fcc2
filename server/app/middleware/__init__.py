"""What every request passes through; the packages hold what endpoints and pages declare."""
