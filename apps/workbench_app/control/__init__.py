"""Starting, stopping and going on with runs from the page, for who holds the token: the rest of the app only reads."""
