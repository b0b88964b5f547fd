"""Evaluation: features and readings become numbers, numbers become JSON, pages and comparisons."""
