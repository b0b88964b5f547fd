"""Widgets for notebooks: they hold a state, call the workbench, and show what it returns. One file a widget.

What they show is made by the pure functions of `rendering`, which need neither a kernel nor a browser.
"""
