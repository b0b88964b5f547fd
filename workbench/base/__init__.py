"""What all wings stand on: files, errors, schedules, components, random numbers, checkpoints."""
