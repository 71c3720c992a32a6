"""What a day's spending leads to, over restarts, workers and midnights. The ledger is a real one."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from reelwright.clock import VirtualClock
from reelwright.cost.budgets import Day, budget_names, video_budget
from reelwright.cost.ledger import CostLedger
from reelwright.cost.schema import Totals
from reelwright.cost.tracker import SimpleCostTracker, Spending
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import BudgetSettings, ServiceBudgets
from reelwright.errors import BudgetExceeded

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
DEV = load_environment("dev").settings.budgets
MILLION = 1_000_000


class World:
    """One ledger file and a clock; workers come and go."""

    def __init__(self, folder: Path, start: datetime = NOON) -> None:
        self.url = f"sqlite:///{folder}/costs.db"
        self.clock = VirtualClock(start)
        self.count = 0
        self.opened: list[CostLedger] = []

    def ledger(self) -> CostLedger:
        self.opened.append(CostLedger.open(self.url, clock=self.clock))
        return self.opened[-1]

    def worker(self, budgets: BudgetSettings = DEV, environment: str = "dev") -> "Worker":
        return Worker(self, budgets, environment)

    def go_to(self, moment: datetime) -> None:
        self.clock.advance((moment - self.clock.now()).total_seconds())


class Worker:
    """A process: its own ledger connection and tracker, nothing else."""

    def __init__(self, world: World, budgets: BudgetSettings, environment: str) -> None:
        self.world = world
        self.ledger = world.ledger()
        self.tracker = SimpleCostTracker(self.ledger, budgets, environment=environment, clock=world.clock)

    def reserve(self, usd: str, service: str = "video", production: str = "prod_1") -> object:
        self.world.count += 1
        return self.ledger.reserve(
            self.tracker.budgets_for(service, production),
            int(Decimal(usd) * MILLION),
            key=f"{production}/{self.world.count}",
        )

    def spend(self, usd: str, service: str = "video", production: str = "prod_1") -> None:
        charge = self.ledger.intend(self.reserve(usd, service, production))
        self.ledger.settle(charge, int(Decimal(usd) * MILLION))

    def level(self, service: str = "video", production: str = "prod_1") -> str:
        return self.spending(service, production).level

    def spending(self, service: str = "video", production: str = "prod_1") -> Spending:
        return self.tracker.spending(service, production)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    a_world = World(tmp_path)
    yield a_world
    for ledger in a_world.opened:
        ledger.close()


def limits(**usd: object) -> BudgetSettings:
    return BudgetSettings.model_validate(usd, strict=False)


def test_dev_warns_switches_and_stops_over_restarts_and_two_workers(world: World) -> None:
    one, two = world.worker(), world.worker()
    assert (one.level(), two.level()) == ("normal", "normal")
    one.spend("0.60")
    two.spend("0.399999")
    assert (one.level(), two.level()) == ("normal", "normal")
    two.spend("0.000001")
    assert (one.level(), two.level()) == ("warn", "warn")

    one = world.worker()
    assert one.level() == "warn"
    one.spend("0.75")
    two.spend("0.25")
    assert (one.level(), two.level()) == ("mock", "mock")
    (warning,) = world.worker().spending().warnings
    assert warning == (
        "$2.000000 spent in day:dev:2026-11-25: from $2.000000 on (budgets.per_day_action_usd) "
        "engines of ours stand in for paid models."
    )

    # A call that was under way when the limit was reached still settles; nothing new is bought at $5.
    under_way = two.ledger.intend(two.reserve("2.90"))
    with pytest.raises(BudgetExceeded, match="day:dev:2026-11-25"):
        one.reserve("0.100001")
    two.ledger.settle(under_way, 2_900_000)
    one.spend("0.10")
    for worker in (one, two, world.worker()):
        assert worker.level() == "block"
        with pytest.raises(BudgetExceeded):
            worker.reserve("0.000001")
    assert one.tracker.today() == Totals(budget="day:dev:2026-11-25", limit=5 * MILLION, settled=5 * MILLION)

    world.go_to(datetime(2026, 11, 26, tzinfo=UTC))
    assert {one.level(), two.level(), world.worker().level()} == {"normal"}
    one.spend("1.00")
    assert world.worker().level() == "warn"


def test_two_workers_at_once_never_pass_the_hard_limit(world: World) -> None:
    workers = [world.worker() for _ in range(2)]
    refused: list[int] = []

    def spend(worker: Worker, name: str) -> None:
        for number in range(40):
            try:
                charge = worker.ledger.reserve(
                    worker.tracker.budgets_for("video", "p"), 100_000, key=f"p/{name}/{number}"
                )
                worker.ledger.settle(worker.ledger.intend(charge), 100_000)
            except BudgetExceeded:
                refused.append(number)

    threads = [Thread(target=spend, args=(worker, str(i))) for i, worker in enumerate(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.worker().tracker.today().settled == 5 * MILLION
    assert len(refused) == 80 - 50


PROCESS = """
import sys
from tests.unit.cost.test_tracker import BudgetExceeded, Path, World
worker = World(Path(sys.argv[1])).worker()
refused = 0
for number in range(30):
    try:
        charge = worker.ledger.reserve(
            worker.tracker.budgets_for("video", "p"), 100_000, key=f"p/{sys.argv[2]}/{number}"
        )
        worker.ledger.settle(worker.ledger.intend(charge), 100_000)
    except BudgetExceeded:
        refused += 1
print(refused, worker.level())
worker.ledger.close()
"""


def test_two_processes_spend_a_day_to_its_limit_and_a_third_finds_it_spent(
    world: World, tmp_path: Path
) -> None:
    root = Path(__file__).resolve().parents[3]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(tmp_path), name], cwd=root, stdout=subprocess.PIPE, text=True
        )
        for name in ("one", "two")
    ]
    answers = [process.communicate(timeout=60)[0].split() for process in running]
    assert sum(int(refused) for refused, _ in answers) == 60 - 50
    assert "block" in {level for _, level in answers}
    assert world.worker().level() == "block"
    assert world.worker().tracker.today().settled == 5 * MILLION


def test_what_is_set_aside_stops_but_does_not_switch(world: World) -> None:
    worker = world.worker()
    worker.reserve("4.00")
    assert worker.level() == "normal"
    worker.reserve("1.00")
    assert worker.level() == "block"
    assert "spent or set aside" in worker.spending().reason


def test_what_nobody_knows_counts_as_spent(world: World) -> None:
    worker = world.worker()
    worker.ledger.mark_unknown(worker.ledger.intend(worker.reserve("2.00")))
    assert worker.level() == "mock"


def test_what_is_given_back_does_not_count(world: World) -> None:
    worker = world.worker()
    worker.ledger.release(worker.reserve("5.00"))
    assert worker.level() == "normal"


def test_without_limits_the_ledger_is_not_asked() -> None:
    tracker = SimpleCostTracker(NotAsked(), BudgetSettings(), environment="local", clock=VirtualClock())
    assert tracker.spending("content", "prod_1") == Spending()


class NotAsked:
    """A ledger that must not be needed."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(name)


@pytest.mark.parametrize(("action", "level"), [("warn", "warn"), ("mock", "mock"), ("block", "block")])
def test_the_action_is_taken_with_the_warning_if_it_has_no_limit_of_its_own(
    world: World, action: str, level: str
) -> None:
    worker = world.worker(limits(per_day_warn_usd="1.00", per_day_action=action))
    worker.spend("1.00")
    assert worker.level() == level


def test_an_action_that_blocks_is_a_hard_limit(world: World) -> None:
    budgets = limits(per_day_warn_usd="1.00", per_day_action_usd="2.00", per_day_action="block")
    worker = world.worker(budgets)
    worker.spend("1.50")
    assert worker.level() == "warn"
    with pytest.raises(BudgetExceeded):
        worker.reserve("0.60")


def test_staging_warns_at_ten_and_stops_at_twenty_five(world: World) -> None:
    worker = world.worker(load_environment("staging").settings.budgets, "staging")
    worker.spend("4.99", production="a")
    worker.spend("4.99", production="b")
    assert worker.level() == "normal"
    worker.spend("0.02", production="c")
    assert worker.level(production="new") == "warn"
    for production in "defg":
        worker.spend("3.75", production=production)
    assert worker.level(production="new") == "block"


def test_one_video_has_a_limit_of_its_own_over_all_days(world: World) -> None:
    worker = world.worker(limits(per_video_usd="5.00"))
    worker.spend("3.00", production="prod_1")
    world.clock.advance(86_400 * 40)
    with pytest.raises(BudgetExceeded, match="video:prod_1"):
        worker.reserve("2.01", production="prod_1")
    worker.spend("2.00", production="prod_1")
    assert worker.level(production="prod_1") == "block"
    assert worker.level(production="prod_2") == "normal"


def test_one_service_has_a_limit_of_its_own_a_day(world: World) -> None:
    worker = world.worker(BudgetSettings(per_day_service_usd=ServiceBudgets(audio=Decimal(1))))
    worker.spend("1.00", service="audio")
    assert (worker.level("audio"), worker.level("video")) == ("block", "normal")
    with pytest.raises(BudgetExceeded, match="day:dev:2026-11-25:audio"):
        worker.reserve("0.01", service="audio")
    worker.spend("9.00", service="video")


def test_a_month_warns_and_stops_until_it_is_over(world: World) -> None:
    worker = world.worker(limits(per_month_warn_usd="10", per_month_block_usd="20"))
    worker.spend("9")
    world.clock.advance(86_400)
    worker.spend("1")
    assert worker.level() == "warn"
    worker.spend("10")
    assert worker.level() == "block"
    world.go_to(datetime(2026, 12, 1, tzinfo=UTC))
    assert worker.level() == "normal"


def test_the_environment_has_a_limit_for_ever_and_others_do_not_count(world: World) -> None:
    budgets = limits(total_block_usd="3")
    dev, staging = world.worker(budgets), world.worker(budgets, "staging")
    dev.spend("3")
    world.clock.advance(86_400 * 400)
    assert (dev.level(), staging.level()) == ("block", "normal")


def test_other_settings_write_other_limits(world: World) -> None:
    worker = world.worker(limits(per_day_block_usd="1"))
    worker.spend("1")
    worker.tracker.use(limits(per_day_block_usd="3"))
    worker.spend("1")
    assert worker.tracker.today().limit == 3 * MILLION
    worker.tracker.use(BudgetSettings())
    worker.spend("100")
    assert worker.tracker.today().limit is None


def test_limits_are_written_once_for_each_process_and_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = world.worker()
    written: list[str] = []
    set_limit = worker.ledger.set_limit
    monkeypatch.setattr(
        worker.ledger, "set_limit", lambda budget, limit: (written.append(budget), set_limit(budget, limit))
    )
    for _ in range(3):
        worker.tracker.budgets_for("video", "prod_1")
    assert sorted(written) == sorted(worker.tracker.budgets_for("video", "prod_1"))
    world.clock.advance(86_400)
    worker.tracker.budgets_for("video", "prod_1")
    assert written[5:] == ["day:dev:2026-11-26", "day:dev:2026-11-26:video"]


def test_the_names_are_what_a_call_counts_against() -> None:
    names = budget_names("dev", NOON.date(), "video", "prod_1")
    assert names.all() == (
        "env:dev",
        "month:dev:2026-11",
        "day:dev:2026-11-25",
        "day:dev:2026-11-25:video",
        "video:prod_1",
    )


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles", "UTC"])
@pytest.mark.parametrize("day", ["2026-11-25", "2027-03-28", "2026-10-25", "2027-03-14", "2026-11-01"])
def test_a_day_begins_at_midnight_in_its_time_zone(world: World, zone: str, day: str) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    world = World(
        Path(world.url.removeprefix("sqlite:///")).parent, midnight.astimezone(UTC) - timedelta(hours=1)
    )
    worker = world.worker(limits(**{**DEV.model_dump(), "time_zone": zone}))
    worker.spend("2.00")
    world.go_to(midnight.astimezone(UTC) - timedelta(microseconds=1))
    assert worker.level() == "mock"
    world.go_to(midnight.astimezone(UTC))
    assert worker.level() == "normal"
    assert worker.tracker.today().budget == f"day:dev:{day}"
    for ledger in world.opened:
        ledger.close()


DAYS = [
    ("Europe/Berlin", "2027-03-28", 23),
    ("Europe/Berlin", "2027-10-31", 25),
    ("America/Los_Angeles", "2027-03-14", 23),
    ("America/Los_Angeles", "2027-11-07", 25),
    ("Europe/Berlin", "2026-11-27", 24),
]


@pytest.mark.parametrize(("zone", "day", "hours"), DAYS)
def test_days_of_daylight_saving_have_their_own_length(zone: str, day: str, hours: int) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    quarters = [start + timedelta(minutes=15 * step) for step in range(-8, 30 * 4)]
    in_it = [moment for moment in quarters if Day.of(moment, zone).date.isoformat() == day]
    assert (in_it[0], len(in_it)) == (start, 4 * hours)


@pytest.mark.parametrize(("zone", "day", "hours"), DAYS)
def test_a_worker_that_lives_through_such_a_day_sees_its_end(
    world: World, zone: str, day: str, hours: int
) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    world.go_to(start)
    worker = world.worker(DEV.model_copy(update={"time_zone": zone}))
    worker.spend("2.00")
    for wait, level in (
        (timedelta(hours=hours, microseconds=-1), "mock"),
        (timedelta(hours=hours), "normal"),
    ):
        world.go_to(start + wait)
        assert worker.level() == level


def test_a_call_over_midnight_belongs_to_the_day_on_which_it_began(world: World) -> None:
    world.go_to(datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC))
    worker = world.worker()
    charge = worker.ledger.intend(worker.reserve("1.50"))
    world.clock.advance(2)
    worker.ledger.settle(charge, 1_500_000)
    assert worker.level() == "normal"
    assert worker.ledger.totals("day:dev:2026-11-25").settled == 1_500_000


BATCH = "batch_01KAQ4Z7M8V3N5T2X9C6B1D0KA"


def test_productions_of_a_batch_share_its_limit_and_others_do_not(world: World) -> None:
    ours = BudgetSettings(batch=BATCH, per_batch_usd=Decimal("1.00"))
    one, another = world.worker(ours), world.worker(ours)
    one.spend("0.60", production="prod_1")
    with pytest.raises(BudgetExceeded, match=f"batch:{BATCH}"):
        another.reserve("0.50", production="prod_2")
    another.reserve("0.40", "audio", production="prod_2")
    assert another.level(production="prod_3") == "block"
    assert world.worker(BudgetSettings(per_batch_usd=Decimal("1.00"))).level() == "normal"
    assert another.ledger.totals("video:prod_2").committed == 400_000


def test_a_batch_is_not_over_at_midnight(world: World) -> None:
    worker = world.worker(BudgetSettings(batch=BATCH, per_batch_usd=Decimal("1.00")))
    worker.spend("1.00")
    world.clock.advance(86_400 * 40)
    assert worker.level() == "block"
    assert worker.spending().anew is None


def test_the_budget_of_a_video_is_the_same_in_a_batch(world: World) -> None:
    worker = world.worker(BudgetSettings(batch=BATCH))
    assert video_budget("prod_1") in worker.tracker.budgets_for("video", "prod_1")
    assert worker.tracker.budgets_for("video", "prod_1")[-1] == f"batch:{BATCH}"
