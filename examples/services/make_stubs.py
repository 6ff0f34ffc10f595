"""Generates the Python stubs of Qloom's contracts: `python make_stubs.py [PROTO [OUT]]`.

Writes the package `qloom`, by default beside this file from the repository's folder `proto`. It is not committed: it is
generated where a service is installed, tested or built into an image.
"""

import shutil
import sys
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

HERE = Path(__file__).resolve().parent


def make_stubs(proto: Path, out: Path) -> None:
    """Compiles every contract below the folder `proto` into the package `out`/qloom. Raises SystemExit if one is wrong."""
    contracts = sorted(path.relative_to(proto).as_posix() for path in (proto / "qloom").rglob("*.proto"))
    if not contracts:
        raise SystemExit(f"{proto} has no contracts; right would be the folder proto/ of Qloom's repository")
    shutil.rmtree(out / "qloom", ignore_errors=True)
    known = files("grpc_tools") / "_proto"  # google/protobuf/timestamp.proto
    failed = protoc.main(
        [
            "protoc",
            f"--proto_path={proto}",
            f"--proto_path={known}",
            f"--python_out={out}",
            f"--pyi_out={out}",
            f"--grpc_python_out={out}",
            *contracts,
        ]
    )
    if failed:
        raise SystemExit(f"protoc ended with {failed}")


if __name__ == "__main__":
    given = [Path(argument).resolve() for argument in sys.argv[1:]]
    make_stubs(*given, *[HERE.parents[1] / "proto", HERE][len(given) :])
