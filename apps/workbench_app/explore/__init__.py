"""Exploring: faces by hair, eyes and seed in a browser, and every way through the latent space around them."""
