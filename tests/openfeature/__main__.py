"""Print how many of OpenFeature's own scenarios pass, by file: ``python -m tests.openfeature``."""

import logging
import sys
from collections import Counter

from tests.openfeature.scenarios import NOT_FOR_US, TOTALS, Scenario, run, scenarios


def main() -> int:
    """Print the table, what failed, and why some do not apply; 1 if any failed."""
    logging.disable(logging.CRITICAL)
    passed: Counter[str] = Counter()
    apart: Counter[str] = Counter()
    failed: list[str] = []
    for scenario in scenarios():
        if scenario.name in NOT_FOR_US:
            apart[scenario.name] += 1
        elif wrong := _wrong(scenario):
            failed.append(f"failed: {scenario}: {wrong}")
        else:
            passed[scenario.feature] += 1
    lines = [f"{name:16}{passed[name]:>4} of {total:>3}" for name, total in TOTALS.items()]
    lines.append(f"{'all':16}{passed.total():>4} of {sum(TOTALS.values()):>3}")
    lines += [f"not for us, {count}: {name}: {NOT_FOR_US[name]}" for name, count in apart.items()]
    sys.stdout.write("\n".join([*lines, *failed, ""]))
    return int(bool(failed))


def _wrong(scenario: Scenario) -> str:
    try:
        run(scenario)
    except Exception as error:  # noqa: BLE001 (the others are run all the same)
        return repr(error)
    return ""


if __name__ == "__main__":
    sys.exit(main())
