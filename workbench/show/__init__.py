"""Plots, pages and reports of what was trained and measured."""
