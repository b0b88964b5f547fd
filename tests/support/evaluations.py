"""The data and the number of samples of the tests' evaluations."""

DATA = "drawn:90"
N = 40
