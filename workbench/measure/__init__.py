"""How good pictures are: the table of figures, distances, evaluations, comparisons."""
