"""Where the sample data and the lessons are, in an installed wheel and in a checkout alike."""

from __future__ import annotations

from pathlib import Path

from outsourcing_kit.exceptions import OutsourcingKitError

_PACKAGE = Path(__file__).resolve().parent


def shared_folder(name: str) -> Path:
    """The folder `name` ("datasets" or "notebooks"): the wheel's own copy, else the checkout's.

    Raises OutsourcingKitError where neither is there.
    """
    for candidate in (_PACKAGE / "_shared" / name, _PACKAGE.parent / name):
        if candidate.is_dir():
            return candidate
    raise OutsourcingKitError(
        f"The kit's folder {name!r} was not found beside the package. "
        "Mend: pip install --force-reinstall outsourcing-kit"
    )


def sample_engagements() -> list[str]:
    """Names of the sample engagements, sorted."""
    return sorted(path.parent.name for path in shared_folder("datasets").glob("*/engagement.toml"))
