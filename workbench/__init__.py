"""Workbench: train, compare, inspect and draw with conditional GANs for 64x64 anime faces."""

__version__ = "0.1.0"
