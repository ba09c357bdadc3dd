"""What this process has taken so far: wall clock since it was started, and memory."""

import os
import resource
import sys
import time
from pathlib import Path

_IMPORTED_AT = time.monotonic()


def process_seconds() -> float:
    """Wall clock since the start of the process (to 0.01 s); without /proc, since this was imported."""
    try:
        # The name of the command stands in parentheses and may hold spaces; field 22 is the start.
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        started = int(fields[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started
    except (OSError, AttributeError, ValueError, IndexError):
        return time.monotonic() - _IMPORTED_AT


def peak_memory_mb() -> float:
    """Most memory of this process at any time, in megabytes (10**6 bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 1e6
