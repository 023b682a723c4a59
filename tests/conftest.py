import os
from importlib.util import find_spec
from pathlib import Path

from hypothesis import settings

# Wall time says nothing on a busy machine: a first call imports or compiles.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# Workers share the kernels that are kept on disk; Windows has no such lock.
if "PYTEST_XDIST_WORKER" in os.environ and find_spec("fcntl"):
    import fcntl

    from numba.core.caching import IndexDataCacheFile

    save = IndexDataCacheFile.save

    def save_alone(file, key, data):
        """Let no other worker save between the reading of the index and its replacement."""
        with open(Path(file._cache_path) / "saving.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # until the file is closed
            save(file, key, data)

    IndexDataCacheFile.save = save_alone
