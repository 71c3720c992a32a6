"""Hold the rule language to a second reading of it: ``python -m tests.fuzz --rules 1000000 --seed 1``."""

import argparse
import sys
import time

from tests.fuzz.comparing import compare


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.fuzz")
    parser.add_argument("--rules", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.process_time()
    held = compare(options.rules, options.seed)
    spent = time.process_time() - begun
    sys.stdout.write(f"{options.rules} rules, {held} held, no difference, {spent:.0f} s of CPU\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
