"""A whole sample video over the pool: wall and CPU seconds, start of the processes included.

python tests/bench/render_pool.py [--jobs 2] [--aspect 16:9] [--resolution 720p] [--fps 24]
"""

import argparse
import resource
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from render_samples import TIDES, video

from reelwright.models.schema import ShotRequest
from reelwright.video.engine.provider import EmbeddedMotionGraphics
from reelwright.video.schema import frame_size


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--aspect", default="16:9", choices=("16:9", "9:16", "1:1"))
    parser.add_argument("--resolution", default="720p", choices=("480p", "720p", "1080p"))
    parser.add_argument("--fps", type=int, default=24)
    asked = parser.parse_args()
    width, height = frame_size(asked.aspect, asked.resolution)
    started, own = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        requests = [
            ShotRequest(
                idempotency_key=f"scene {graphics.scene_index}",
                seed=0,
                prompt="",
                graphics=graphics,
                width=width,
                height=height,
                fps=asked.fps,
                frames=round(seconds * asked.fps),
                work_dir=Path(folder),
            )
            for graphics, seconds in video(TIDES, asked.aspect)
        ]
        with EmbeddedMotionGraphics(asked.jobs) as engine, ThreadPoolExecutor(asked.jobs) as threads:
            list(threads.map(lambda request: engine.shoot("motion-graphics", request), requests))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = time.process_time() - own + children.ru_utime + children.ru_stime
    length = sum(request.frames for request in requests) / asked.fps
    wall = time.perf_counter() - started
    print(f"{length:.1f} s of {width}x{height} at {asked.fps}, {asked.jobs} jobs:", end=" ")
    print(f"wall {wall:.1f} s, CPU {cpu:.1f} s, {cpu / length:.3f} CPU s per video second")


if __name__ == "__main__":
    main()
