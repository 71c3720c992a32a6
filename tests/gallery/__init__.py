"""Briefs of topics that no work on words or pictures was done for, and sheets of the videos made of them."""
