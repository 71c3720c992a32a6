from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reelwright.cost.manager import total_cost
from reelwright.cost.schema import ChargeLine, format_usd

CHARGES = st.lists(
    st.builds(
        ChargeLine,
        service=st.sampled_from(["content", "video", "audio"]),
        provider=st.just("p"),
        model=st.sampled_from(["a", "b"]),
        unit=st.sampled_from(["characters", "tokens"]),
        quantity=st.integers(0, 10**9),
        micro_usd=st.integers(0, 10**12),
    )
)


def test_dollars_are_written_with_six_decimals() -> None:
    assert [format_usd(value) for value in (0, 1, 1_250_000, 172_000_000, -5)] == [
        "0.000000",
        "0.000001",
        "1.250000",
        "172.000000",
        "-0.000005",
    ]


@given(CHARGES)
def test_the_breakdown_adds_up_to_the_total_and_loses_nothing(charges: list[ChargeLine]) -> None:
    cost = total_cost(charges)
    total = Decimal(cost.generation_cost_usd)
    assert total == sum(Decimal(charge.micro_usd) for charge in charges) / 1_000_000
    assert sum((Decimal(line.cost_usd) for line in cost.cost_breakdown), Decimal()) == total
    assert sum(line.quantity for line in cost.cost_breakdown) == sum(charge.quantity for charge in charges)
    lines = [(line.service, line.model, line.unit) for line in cost.cost_breakdown]
    assert len(lines) == len(set(lines))
