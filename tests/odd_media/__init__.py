"""Media as people and cameras make them, and as nobody should: what becomes of each."""
