"""What operators need: backup, doctor, encryption, health."""
