"""The live page of runs: a list, one run, several side by side, arenas. It reads run folders and keeps no other record."""
