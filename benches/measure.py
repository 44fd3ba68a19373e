"""Running a process and measuring it: wall time, peak memory, what it printed."""

import os
import shutil
import signal
import statistics
import subprocess
import tempfile
import threading
import time

TIME = shutil.which("time")


class Sample:
    """One run. `peak` is in KiB and None where it was not asked for."""

    def __init__(self, wall, peak, code, out, cut):
        self.wall, self.peak, self.code, self.out, self.cut = wall, peak, code, out, cut


def run(command, limit, memory=True, cwd=None):
    """Runs a command to its end or to the limit.

    A child starts with the runner's peak memory as its own, so the peak is taken through the small `time` program where
    there is one. It costs about a millisecond: runs whose time is of that order are measured without.
    """
    with tempfile.TemporaryDirectory() as folder:
        noted, printed = os.path.join(folder, "time"), os.path.join(folder, "out")
        wrapped = memory and TIME is not None
        whole = [TIME, "-q", "-f", "%M", "-o", noted, *command] if wrapped else command
        with open(printed, "wb") as out, open(os.path.join(folder, "err"), "w+b") as err:
            started = time.perf_counter()
            child = subprocess.Popen(whole, stdout=out, stderr=err, stdin=subprocess.DEVNULL, cwd=cwd, start_new_session=True)
            code, peak, cut = wait(child, limit)
            wall = time.perf_counter() - started
            err.seek(0)
            message = err.read().decode(errors="replace")
        if wrapped and not cut:
            with open(noted, encoding="ascii") as file:
                peak = int(file.read().split()[-1])
        with open(printed, "rb") as file:
            text = file.read().decode(errors="replace")
        return Sample(wall, peak if memory else None, code, text if code == 0 else message, cut)


def wait(child, limit):
    """Exit code, peak memory and whether the limit cut it off."""
    cut = threading.Event()

    def kill():
        # its own session, so this ends nothing but the command and what it started
        os.killpg(child.pid, signal.SIGKILL)

    def stop():
        cut.set()
        kill()

    timer = threading.Timer(limit, stop)
    timer.start()
    try:
        _, status, usage = os.wait4(child.pid, 0)
    except KeyboardInterrupt:
        kill()
        raise
    finally:
        timer.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage.ru_maxrss, cut.is_set()


def summary(samples):
    """What is kept of several runs."""
    walls = [sample.wall for sample in samples]
    peaks = [sample.peak for sample in samples if sample.peak]
    return {
        "wall_min": min(walls), "wall_median": statistics.median(walls), "runs": len(walls),
        "peak_kib": max(peaks) if peaks else None,
    }


def machine():
    """What the figures depend on."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    with open("/proc/meminfo", encoding="ascii") as file:
        total = int(file.readline().split()[1])
    return {"cores": os.cpu_count(), "cpu": models[0] if models else "", "memory_gib": round(total / 2**20, 1), "load": load()}


def load():
    return [round(value, 2) for value in os.getloadavg()]
