"""Grading: people score pictures blind, from 1 to 5, and see what the scores say."""
