"""Public items with the source of every value: what can be flown, what sees it, what stops it, and where."""
