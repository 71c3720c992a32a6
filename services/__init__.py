"""What runs on Lambda: each function decorates, parses, makes one call and returns."""

import gc

# What a function loads stays for its life. Python would look for garbage in it after every 700 new objects,
# while somebody waits for a cold start, and find next to none.
gc.set_threshold(10_000, 20, 50)
