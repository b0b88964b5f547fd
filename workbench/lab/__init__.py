"""What notebooks use: widgets, and small games with known answers."""
