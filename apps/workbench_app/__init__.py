"""Applications on top of the workbench; it never imports them."""
