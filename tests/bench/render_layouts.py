"""CPU seconds per video second of drawing and encoding each kind of scene, one process.

    python tests/bench/render_layouts.py [--resolution 720p] [--fps 24] [--aspect 16:9] [--seed 0]

Set-up of the scene (text, sprites, gradients) is inside the figure; start of Python is not.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from render_samples import OTHER_SCENES, TIDES, video

from reelwright.models.schema import ShotRequest
from reelwright.video.engine.render import render
from reelwright.video.schema import frame_size


def main() -> None:
    """Measure and print one line a scene, and the whole."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resolution", default="720p", choices=("480p", "720p", "1080p"))
    parser.add_argument("--aspect", default="16:9", choices=("16:9", "9:16", "1:1"))
    parser.add_argument("--fps", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    width, height = frame_size(asked.aspect, asked.resolution)
    cpu = length = size = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for scenes in (TIDES, OTHER_SCENES):
            for graphics, seconds in video(scenes, asked.aspect, "auto", asked.seed):
                frames = round(seconds * asked.fps)
                request = ShotRequest(
                    idempotency_key="bench", seed=0, prompt="", graphics=graphics,
                    width=width, height=height, fps=asked.fps, frames=frames, work_dir=Path(folder),
                )  # fmt: skip
                started = time.process_time()
                response = render(request)
                used = time.process_time() - started
                own = response.media.stat().st_size
                mbit = own * 8e-6 * asked.fps / frames
                what = ", ".join(choice for choice, _ in response.choices)
                print(f"{used * asked.fps / frames:.3f} CPU s/s  {mbit:5.2f} Mbit/s  {what}")
                cpu, length, size = cpu + used, length + frames / asked.fps, size + own
    what = f"all, {length:.1f} s of {width}x{height} at {asked.fps}"
    print(f"{cpu / length:.3f} CPU s/s  {size * 8e-6 / length:5.2f} Mbit/s  {what}")


if __name__ == "__main__":
    main()
