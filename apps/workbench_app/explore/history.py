"""What this visit has drawn, newest first. Pure functions."""

MOST_REMEMBERED = 100


def remembered(history: list[dict], drawn: list[dict]) -> list[dict]:
    """The history with what was drawn now in front, each recipe once."""
    new = [recipe for recipe in drawn if recipe not in history]
    return (new + history)[:MOST_REMEMBERED]
