"""How kernels are compiled where nothing can be stored."""

import os
import shutil
import subprocess
import sys

import pytest

from synaspis.engine import _jit

CODE = """
import _jit
@_jit.scalar
def twice(x):
    return 2.0 * x
print(_jit._CACHE, twice(21.0))
"""


@pytest.mark.parametrize(("writable", "stored"), [(True, "True"), (False, "False")])
def test_kernels_compile_with_and_without_a_folder_for_them(tmp_path, writable, stored):
    engine = tmp_path / "package" / "engine"
    engine.mkdir(parents=True)
    shutil.copy(_jit.__file__, engine / "_jit.py")
    (engine / "use.py").write_text(CODE, "utf-8")
    if not writable:  # a file where the folder would be keeps out even an administrator
        (engine / "__pycache__").write_text("", "utf-8")
    nowhere = {"HOME": os.devnull, "XDG_CACHE_HOME": f"{os.devnull}/x", "PYTHONDONTWRITEBYTECODE": "1"}
    kept = {key: value for key, value in os.environ.items() if key not in ("NUMBA_CACHE_DIR", "PYTHONPATH")}
    done = subprocess.run(
        [sys.executable, engine / "use.py"],
        env=kept | nowhere,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.split() == [stored, "42.0"], done.stderr
