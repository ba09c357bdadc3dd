"""PyJobShop on the same projects, side by side. It is no dependency: whoever compares installs it."""

from typing import Any

from tests.benchmarks.clock import peak_memory_mb, process_seconds
from tests.benchmarks.instances import Trouble

INSTALL = "python -m pip install pyjobshop==0.0.9"
RESERVE_SECONDS = 0.2


def solve_project(
    project: dict[str, Any], time_limit: float, workers: int, seed: int
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Figures and answer (None: none found) of PyJobShop with OR-Tools; the limit is that of the process."""
    try:
        from pyjobshop import Model
    except ImportError:
        raise Trouble(f"PyJobShop is not installed here. Install it: {INSTALL}") from None
    model = Model()
    resources = [model.add_renewable(capacity) for capacity in project["capacities"]]
    tasks = [model.add_task() for _ in project["durations"]]
    for task, duration, demands in zip(tasks, project["durations"], project["demands"], strict=True):
        model.add_mode(task, resources, duration, demands=demands)
    for task, successors in zip(tasks, project["successors"], strict=True):
        for after in successors:
            model.add_end_before_start(task, tasks[after])
    left = max(0.1, time_limit - process_seconds() - RESERVE_SECONDS)
    result = model.solve(
        solver="ortools", time_limit=left, display=False, num_workers=workers, random_seed=seed
    )
    found = result.best.tasks
    value = round(result.objective) if found else None
    answer = {
        "format": "rcpsp-schedule/1",
        "instance": project["name"],
        "starts": [task.start for task in found],
        "makespan": value,
    }
    bound = round(result.lower_bound) if found else None
    line = {
        "suite": "psplib",
        "solver": "pyjobshop",
        "seed": seed,
        "workers": workers,
        "time_limit": time_limit,
        "status": result.status.name.lower(),
        "value": value,
        "bound": bound,
        "gap": None if value is None or bound is None else round((value - bound) / max(1, value), 5),
        "first_seconds": None,
        "placed": len(found),
        "asked": len(tasks),
        "memory_mb": round(peak_memory_mb(), 1),
        "seconds": round(process_seconds(), 2),
    }
    return line, answer if found else None
