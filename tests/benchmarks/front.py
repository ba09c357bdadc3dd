"""The front between hours and fairness of a week of antennas: one solve for each weight of fairness."""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.bars import count_bar
from tests.benchmarks.instances import Trouble, find_instance, instance_folder
from tests.benchmarks.plot import Point, Series, scatter
from tests.benchmarks.running import Settings, run_one
from tests.benchmarks.solving import BROKEN, DONE, add_time
from tests.benchmarks.tables import markdown, published

WEIGHTS = (0.0, 300.0, 1000.0, 3000.0, 10000.0, 30000.0, 100000.0)


def add_front(commands: Any) -> None:
    """The command `front`."""
    command = commands.add_parser("front", help="satnet: hours against fairness")
    command.add_argument("instance", help="a week's file, or the name of one in the folder of instances")
    command.add_argument(
        "-o", "--output", type=Path, required=True, help=".svg for a plot, .json for the points"
    )
    command.add_argument(
        "--weights", type=_weights, default=WEIGHTS, help="of fairness, such as 0,1000,10000"
    )
    add_time(command)
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--from", dest="folder", type=Path, help="folder of instances")
    command.add_argument("--max-rounds", type=int, help="end each solve after so many rounds")
    command.set_defaults(command=_front)


def _front(given: argparse.Namespace) -> int:
    if given.output.suffix not in (".svg", ".json"):
        raise Trouble(f"{given.output} is neither .svg nor .json. Name one of the two.")
    path = find_instance("satnet", given.instance, given.folder)
    folder = instance_folder(given.folder)
    points, broken = [], 0
    with tempfile.TemporaryDirectory() as scratch, count_bar(len(given.weights)) as step:
        for weight in given.weights:
            step(f"{path.stem}, fairness {weight:g}")
            settings = Settings(
                "satnet", given.time_limit, given.workers, weight, max_rounds=given.max_rounds
            )
            result = run_one(settings, path, folder, given.seed, Path(scratch))
            broken += bool(result["wrong"])
            for wrong in result["wrong"]:
                print(f"{path.stem}, fairness {weight:g}: {wrong}", file=sys.stderr)
            if not result["wrong"]:
                kept = ("satisfied", "u_rms", "u_max", "seconds")
                points.append({"fairness": weight, "hours": result["value"], **{k: result[k] for k in kept}})
    others = published()["satnet"].get(path.stem, {}).get("published", [])
    if given.output.suffix == ".svg" and not points:
        return BROKEN
    if given.output.suffix == ".svg":
        given.output.write_text(front_plot(path.stem, points, others))
    else:
        data = {"instance": path.stem, "time_limit": given.time_limit, "points": points, "published": others}
        given.output.write_text(json.dumps(data, indent=1))
    rows = [
        [f"{p['fairness']:g}", f"{p['hours']:.1f}", f"{p['u_rms']:.4f}", f"{p['u_max']:.3f}"] for p in points
    ]
    print(markdown(["fairness", "hours", "U_RMS", "U_MAX"], rows))
    return BROKEN if broken else DONE


def front_plot(instance: str, points: list[dict[str, Any]], others: list[dict[str, Any]]) -> str:
    """Hours against U_RMS as SVG: the front a line, what is worse in both rings, published ones squares."""
    ours = sorted((p["u_rms"], p["hours"], f"{p['fairness']:g}") for p in points)
    best = [point for point in ours if not any(_beats(other, point) for other in ours)]
    theirs = [(each["u_rms"], each["hours"], each["method"]) for each in others]
    return scatter(
        title=f"SatNet {instance}: hours against fairness (up and to the left is better)",
        across="U_RMS, unsatisfied share of the missions' time (share; less is fairer)",
        up="Time allocated (hours)",
        series=[
            Series("by weight of fairness", best, joined=True),
            Series("published", theirs, mark="square"),
            Series("worse than another weight", [p for p in ours if p not in best], mark="ring"),
        ],
    )


def _beats(one: Point, other: Point) -> bool:
    """Whether one is at least as fair with at least as many hours, and better in one of the two."""
    return one[0] <= other[0] and one[1] >= other[1] and one[:2] != other[:2]


def _weights(text: str) -> tuple[float, ...]:
    return tuple(float(each) for each in text.split(",") if each)
