"""What the demo centre has: labs, test facilities, trainers, rooms, and when they cannot be had."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Facility:
    """A row of the table below; `setup` and `teardown` in hours, `whole` the hall it is a bay of."""

    code: str
    name: str
    kind: str
    calendar: str
    capacity: int = 1
    setup: float = 0
    teardown: float = 0
    configuration: str | None = None
    whole: str | None = None
    calibration_due: str | None = None
    location: str = ""


FACILITIES = (
    # twelve labs
    Facility("L-AVI", "Avionics lab", "lab", "LAB-LONG", location="Block A"),
    Facility("L-OPT", "Optics lab", "lab", "LAB-DAY", setup=0.5, location="Block A"),
    Facility("L-PRP", "Propulsion and leak test lab", "lab", "LAB-LONG", setup=0.5, location="Block C"),
    Facility("L-MAT", "Materials lab", "lab", "LAB-DAY", location="Block A"),
    Facility("L-ELE", "Electronics clean room", "lab", "LAB-LONG", capacity=3, setup=0.5, location="Block B"),
    Facility("L-SOF", "Software verification lab", "lab", "LAB-LONG", capacity=2, location="Block A"),
    Facility("L-GNC", "Guidance and control lab", "lab", "LAB-LONG", setup=0.5, location="Block A"),
    Facility("L-COM", "Communications lab", "lab", "LAB-DAY", location="Block D"),
    Facility("L-POW", "Power and battery lab", "lab", "LAB-DAY", setup=0.5, teardown=0.5, location="Block C"),
    Facility("L-INT", "Integration hall", "lab", "LAB-LONG", setup=1, location="Block B"),
    Facility("L-INT-A", "Integration hall, bay A", "lab", "LAB-LONG", whole="L-INT", location="Block B"),
    Facility("L-INT-B", "Integration hall, bay B", "lab", "LAB-LONG", whole="L-INT", location="Block B"),
    # eight test facilities
    Facility(
        "TV-1",
        "Thermal-vacuum chamber 1",
        "test facility",
        "ROUND-CLOCK",
        1,
        3,
        2,
        "ambient",
        location="Hall 1",
    ),
    Facility(
        "TV-2",
        "Thermal-vacuum chamber 2",
        "test facility",
        "ROUND-CLOCK",
        1,
        2,
        1,
        "ambient",
        location="Hall 1",
    ),
    Facility("BO-1", "Bake-out chamber", "test facility", "ROUND-CLOCK", 1, 1, 1, location="Hall 1"),
    Facility(
        "VIB-1", "Shaker", "test facility", "HALL", 1, 1, 0.5, "Z", calibration_due="Sat", location="Hall 2"
    ),
    Facility("ACO-1", "Acoustic chamber", "test facility", "HALL", 1, 2, 1, location="Hall 2"),
    Facility("EMC-1", "EMC chamber", "test facility", "HALL", 1, 1, 0.5, "emission", location="Hall 3"),
    Facility("ANT-1", "Antenna range", "test facility", "RANGE", 1, 1, 0.5, location="North field"),
    Facility("MPM-1", "Mass properties bench", "test facility", "LAB-DAY", 1, 0.5, 0.5, location="Hall 2"),
    # seven trainers
    Facility("MOCK-1", "Station mock-up", "trainer", "TRAINER", 1, 0.5, 0.5, location="Training centre"),
    Facility("SIM-DOCK", "Docking simulator", "trainer", "TRAINER", 1, 0.5, 0, location="Training centre"),
    Facility("SIM-ROB", "Robotics simulator", "trainer", "TRAINER", 1, 0.5, 0, location="Training centre"),
    Facility("PTT-1", "Part-task trainer 1", "trainer", "TRAINER", location="Training centre"),
    Facility("PTT-2", "Part-task trainer 2", "trainer", "TRAINER", location="Training centre"),
    Facility("POOL-1", "Neutral-buoyancy pool", "trainer", "POOL", 1, 1, 1, location="Pool house"),
    Facility("CEN-1", "Centrifuge", "trainer", "LAB-DAY", 1, 0.5, 0.5, location="Training centre"),
    # three rooms
    Facility("ROOM-1", "Briefing room", "room", "TRAINER", location="Training centre"),
    Facility("ROOM-2", "Classroom", "room", "TRAINER", location="Training centre"),
    Facility("CTRL-1", "Control room", "room", "ROUND-CLOCK", location="Block D"),
)

# facility -> configurations, and the hours from each (row) to each (column)
CHANGEOVERS: dict[str, tuple[tuple[str, ...], tuple[tuple[float, ...], ...]]] = {
    "TV-1": (("ambient", "cryogenic", "solar"), ((0, 4, 3), (4, 0, 5), (3, 5, 0))),
    "TV-2": (("ambient", "cryogenic"), ((0, 3), (3, 0))),
    "VIB-1": (("X", "Y", "Z"), ((0, 1, 2), (1, 0, 2), (2, 2, 0))),
    "EMC-1": (("emission", "susceptibility"), ((0, 1), (1, 0))),
}

# facility, when, why
OUTAGES = (
    ("ANT-1", "Mon 06:00 - Tue 22:00", "positioner repair"),
    ("TV-2", "Fri 08:00 - Sat 08:00", "cold trap regeneration"),
    ("L-OPT", "Wed 08:00-13:00", "laser safety inspection"),
    ("SIM-DOCK", "Tue 13:00-17:00", "software update"),
)
