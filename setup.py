"""What `pyproject.toml` cannot say: a wheel holds the page of the globe if `make web` has built it."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PAGE = Path(__file__).parent / "web" / "dist"


class BuildWithPage(build_py):
    """Put the built page where the server looks for it; an editable install reads it where it is built."""

    def run(self) -> None:
        """Copy the package, then the page."""
        super().run()
        if self.editable_mode:
            return
        there = Path(self.build_lib) / "synaspis" / "data" / "web"
        shutil.rmtree(there, ignore_errors=True)
        if (PAGE / "index.html").is_file():
            shutil.copytree(PAGE, there)


setup(cmdclass={"build_py": BuildWithPage})
