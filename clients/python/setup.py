"""Builds the package with the stubs of Qloom's contracts beside it, as the package `qloom`."""

import runpy
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

REPOSITORY = Path(__file__).resolve().parents[2]


class BuildWithStubs(build_py):
    """Generates the stubs; everything else as ever."""

    def run(self) -> None:
        """Builds."""
        super().run()
        maker = runpy.run_path(str(REPOSITORY / "examples" / "services" / "make_stubs.py"))
        maker["make_stubs"](REPOSITORY / "proto", Path(self.build_lib).resolve())


setup(cmdclass={"build_py": BuildWithStubs})
