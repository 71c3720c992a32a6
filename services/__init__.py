"""What runs on Lambda: each function decorates, parses, makes one call and returns."""

import gc

# What a function loads stays for its life. Looking for garbage in it after every 700 new objects, as Python
# does of itself, took an eighth of the time that somebody waits for a cold start.
gc.set_threshold(10_000, 20, 50)
