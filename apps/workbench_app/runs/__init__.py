"""The live page of runs: a list, one run, several side by side, arenas; it reads run folders and keeps no record."""
