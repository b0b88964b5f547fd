"""Training: games, the loop, the run folder, the doctor."""
