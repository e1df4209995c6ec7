"""Write the six sample engagements anew: python -m outsourcing_kit.simulation"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from outsourcing_kit.resources import shared_folder
from outsourcing_kit.simulation.samples import SAMPLES, write_sample


def main() -> None:
    """Replace each sample's folder; the old one goes only after the new one is whole."""
    datasets = shared_folder("datasets")
    for name in SAMPLES:
        with tempfile.TemporaryDirectory(dir=datasets) as scratch:
            fresh = write_sample(name, Path(scratch) / name)
            shutil.rmtree(datasets / name, ignore_errors=True)
            fresh.chmod(0o755)  # invented people: these records are everybody's
            fresh.rename(datasets / name)
        print(name)


if __name__ == "__main__":
    main()
