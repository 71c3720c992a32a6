"""Pictures of things: where they come from, how they are drawn, and what a sentence shows."""
