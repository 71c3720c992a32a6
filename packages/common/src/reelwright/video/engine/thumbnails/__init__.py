"""The designed stills that may stand for a video: their words, their pictures, their score."""
