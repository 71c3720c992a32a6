"""What runs on Lambda: each function decorates, parses, makes one call and returns."""
