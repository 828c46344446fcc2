"""What every request passes through; what one endpoint or page declares for itself lies in the packages."""
