"""A studio in small."""

from pathlib import Path
from random import Random

import pytest

from reelwright.models.manager import Providers
from reelwright.models.parts import in_memory
from reelwright.pipeline.memory import MemoryProductions
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.runner import one_by_one
from reelwright.storage.memory import MemoryArtifacts
from reelwright.upload.memory import MemoryPlatform
from tests.simulation import engines
from tests.simulation.world import World


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    world = World(0)
    vendor = engines.Vendor(world, idempotent=True, watch=engines.Watch())
    artifacts = MemoryArtifacts(tmp_path / "store")
    return Parts(
        clock=world.clock,
        rng=Random(5),
        store=MemoryProductions(world.clock),
        artifacts=artifacts,
        models=in_memory(
            providers=Providers(
                content={"embedded": engines.Writer(vendor)},
                audio={"embedded": engines.Voice(vendor)},
                video={"embedded": engines.Camera(vendor)},
            ),
            artifacts=artifacts,
            clock=world.clock,
            rng=Random(5),
        ),
        soundtrack=engines.SoundDesk(),
        assembler=engines.CuttingRoom(),
        reviewer=engines.Screening(),
        thumbnails=engines.Designer(),
        platforms={"folder": MemoryPlatform(world.clock)},
        work_root=tmp_path / "work",
        mapper=one_by_one,
        finish=lambda *_: None,
    )
