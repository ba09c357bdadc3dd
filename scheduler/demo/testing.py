"""The week's wishes for the test facilities: vacuum, vibration, acoustics, EMC, antennas, mass properties."""

from collections.abc import Iterator
from typing import Any

from scheduler.demo.shapes import Ask

_PUMP = "TVAC-OP setup; TVAC-OP teardown"
_COLD = "TVAC-OP setup; CRYO setup; TVAC-OP teardown"
_SHAKE = "VIB-ENG all; CONDUCTOR run"
_EMC = "EMC-ENG all"
_RANGE = "RF-ENG all"
_WORKDAYS = "Mon 06:00 - Fri 22:00"


def _axes(project: str, name: str, hours: float, within_hours: int = 72, **more: Any) -> Iterator[Ask]:
    """Vibration in X, then Y, then Z, each at most `within_hours` after the one before."""
    before = ""
    for axis in "XYZ":
        code = f"{project}-V{axis}"
        after = f"{before} 0-{within_hours}" if before else ""
        yield Ask(
            code, f"{name}: vibration {axis}", project, "VIB-1", hours, needs=_SHAKE,
            draws="POWER 90; AIR 60", configuration=axis, after=after, **more,
        )  # fmt: skip
        before = code


# bake-out, then thermal vacuum within two days, then a leak test while the seals are still warm
BAKE_OUT_TO_LEAK_TEST = (
    Ask("ABR-BO", "Abr: bake-out of the antenna feed", "ABR", "BO-1", 12, needs="CLEAN-TECH setup",
        draws="POWER 30"),
    Ask("ABR-TV", "Abr: thermal vacuum, feed", "ABR", "TV-1; TV-2", 24, needs=_PUMP, draws="POWER 60; CHW 40",
        configuration="ambient", after="ABR-BO 2-48", worth=12),
    Ask("ABR-LK", "Abr: leak test", "ABR", "L-PRP", 3, needs="SAFETY run", draws="GN2 40",
        after="ABR-TV 1-48"),
    Ask("LHR-BO", "Lehr: bake-out of the cathode", "LHR", "BO-1", 10, needs="CLEAN-TECH setup",
        draws="POWER 30"),
    Ask("LHR-TV", "Lehr: thruster firing in vacuum", "LHR", "TV-1", 24, needs=_COLD,
        draws="POWER 120; LN2 2400; CHW 80", configuration="cryogenic", after="LHR-BO 2-72", worth=14),
    Ask("LHR-LK", "Lehr: leak test of the feed system", "LHR", "L-PRP", 4, needs="SAFETY run", draws="GN2 60",
        after="LHR-TV 1-48"),
    Ask("QY-BO", "青云: bake-out of the transponder", "QY", "BO-1", 12, needs="CLEAN-TECH setup",
        draws="POWER 30", latest="Wed 22:00"),
    Ask("QY-TV", "青云: thermal vacuum, transponder", "QY", "TV-1; TV-2", 30, 24, needs=_COLD,
        draws="POWER 80; LN2 2000; CHW 40", configuration="cryogenic", after="QY-BO 2-48", priority=2,
        worth=16),
    Ask("QY-LK", "青云: leak test", "QY", "L-PRP", 3, needs="SAFETY run", draws="GN2 40", after="QY-TV 1-60"),
    Ask("HWA-BO", "Hawa: bake-out of the gas cell", "HWA", "BO-1", 16, needs="CLEAN-TECH setup",
        draws="POWER 40"),
    Ask("HWA-TV", "Hawa: thermal vacuum, gas cell", "HWA", "TV-2", 20, 16, needs=_PUMP,
        draws="POWER 60; CHW 40", configuration="ambient", after="HWA-BO 2-48", worth=11),
    Ask("HWA-LK", "Hawa: leak test of the gas cell", "HWA", "L-PRP", 3, needs="SAFETY run", draws="GN2 40",
        after="HWA-TV 1-48"),
    Ask("BRQ-BO", "Barq: bake-out of the lens barrel", "BRQ", "BO-1", 12, needs="CLEAN-TECH setup",
        draws="POWER 30", within="Fri 08:00 - Sun 24:00"),
    Ask("BRQ-TV", "Barq: thermal vacuum, camera head", "BRQ", "TV-1; TV-2", 36, needs=_PUMP,
        draws="POWER 60; CHW 40", configuration="ambient", after="BRQ-BO 2-48", worth=8, priority=4),
    Ask("BRQ-LK", "Barq: leak test", "BRQ", "L-PRP", 3, needs="SAFETY run", draws="GN2 40",
        after="BRQ-TV 1-48"),
)  # fmt: skip

VACUUM = (
    Ask("MHT-TV", "Mehtab: cold soak of the camera", "MHT", "TV-1", 32, 28, needs=_COLD,
        draws="POWER 80; LN2 2600; CHW 40", configuration="cryogenic", priority=2, worth=16),
    Ask("SRB-TV", "Sarab: sun simulation of the reflector", "SRB", "TV-1", 24, 20, needs=_PUMP,
        draws="POWER 180; CHW 90", configuration="solar", priority=2, worth=15),
    Ask("ZRA-TV", "Zarra: sun simulation of the detector", "ZRA", "TV-1", 30, needs=_PUMP,
        draws="POWER 180; CHW 90", configuration="solar", priority=4, worth=6),
    Ask("ZMN-TV", "Zameen: cold soak of the focal plane", "ZMN", "TV-1; TV-2", 16, 12, needs=_COLD,
        draws="POWER 60; LN2 1800; CHW 30", configuration="cryogenic", worth=14),
    Ask("PNI-TV", "Pani: thermal balance", "PNI", "TV-1; TV-2", 16, 12, needs=_PUMP, draws="POWER 60; CHW 30",
        configuration="ambient", priority=1, worth=20, due="Wed 18:00"),
    Ask("CX-TV", "晨星: cold start of the star tracker", "CX", "TV-2", 10, needs=_COLD,
        draws="POWER 40; LN2 1200; CHW 20", configuration="cryogenic", worth=12),
    Ask("NQT-TV", "نقطہ: cold soak of the laser head", "NQT", "TV-2", 12, needs=_COLD,
        draws="POWER 40; LN2 1800; CHW 20", configuration="cryogenic"),
)  # fmt: skip

VIBRATION = (
    *_axes("PNI", "Pani", 2, within_hours=48, worth=30, priority=1),
    *_axes("MHT", "Mehtab", 2, worth=20),
    *_axes("SRB", "Sarab", 2.5, worth=18),
    *_axes("ZMN", "Zameen", 2, worth=16),
    *_axes("QY", "青云", 2, worth=16, chain="QY-VIB"),  # all three axes or none
)

OTHER_TESTS = (
    Ask("PNI-AC", "Pani: acoustic test", "PNI", "ACO-1", 2, needs="ACO-ENG all; SAFETY run",
        draws="GN2 80; POWER 60", priority=1, worth=25),
    Ask("ZMN-AC", "Zameen: acoustic test", "ZMN", "ACO-1", 2, needs="ACO-ENG all", draws="GN2 80; POWER 60"),
    Ask("HWA-AC", "Hawa: acoustic test at full level", "HWA", "ACO-1", 2, needs="ACO-ENG 2 all",
        draws="GN2 80; POWER 60", note="Full level needs two engineers; one of ours is on leave."),
    Ask("PNI-EM", "Pani: emission", "PNI", "EMC-1", 6, needs=_EMC, draws="POWER 20", configuration="emission",
        within=_WORKDAYS, priority=1, worth=20),
    Ask("PNI-SU", "Pani: susceptibility", "PNI", "EMC-1", 6, needs=_EMC, draws="POWER 20",
        configuration="susceptibility", within=_WORKDAYS, priority=1, worth=20, after="PNI-EM 0"),
    Ask("MHT-EM", "Mehtab: emission", "MHT", "EMC-1", 6, 5, needs=_EMC, draws="POWER 20",
        configuration="emission", within=_WORKDAYS, worth=14),
    Ask("SRB-EM", "Sarab: emission", "SRB", "EMC-1", 6, 5, needs=_EMC, draws="POWER 20",
        configuration="emission", within=_WORKDAYS, worth=14),
    Ask("BRQ-SU", "Barq: susceptibility", "BRQ", "EMC-1", 6, 5, needs=_EMC, draws="POWER 20",
        configuration="susceptibility", within=_WORKDAYS),
    Ask("HWA-EM", "Hawa: emission", "HWA", "EMC-1", 6, needs=_EMC, draws="POWER 20", configuration="emission",
        within=_WORKDAYS),
    Ask("NQT-SU", "نقطہ: susceptibility", "NQT", "EMC-1", 6, needs=_EMC, draws="POWER 20",
        configuration="susceptibility", within=_WORKDAYS),
    Ask("CX-SU", "晨星: susceptibility", "CX", "EMC-1", 6, needs=_EMC, draws="POWER 20",
        configuration="susceptibility", within=_WORKDAYS),
    Ask("ZRA-EM", "Zarra: emission", "ZRA", "EMC-1", 6, needs=_EMC, draws="POWER 20",
        configuration="emission", within=_WORKDAYS, priority=5, worth=5),
    Ask("QY-AN", "青云: antenna pattern", "QY", "ANT-1", 5, needs=_RANGE, draws="POWER 15", worth=14),
    Ask("SRB-AN", "Sarab: reflector pattern", "SRB", "ANT-1", 5, needs=_RANGE, draws="POWER 15", worth=14),
    Ask("BRQ-AN", "Barq: downlink antenna", "BRQ", "ANT-1", 4, needs=_RANGE, draws="POWER 15"),
    Ask("ZMN-AN", "Zameen: X-band antenna", "ZMN", "ANT-1", 5, 4, needs=_RANGE, draws="POWER 15"),
    Ask("NQT-AN", "نقطہ: beacon antenna", "NQT", "ANT-1", 4, needs=_RANGE, draws="POWER 15",
        within="Mon 06:00 - Tue 22:00", note="The guest with the reference horn leaves on Tuesday night."),
    Ask("PNI-MP", "Pani: mass and centre of gravity", "PNI", "MPM-1", 3, needs="MASS-ENG all",
        after="PNI-VZ 1-72", priority=1, worth=20),
    Ask("MHT-MP", "Mehtab: mass and inertia", "MHT", "MPM-1", 3, needs="MASS-ENG all", after="MHT-VZ 1"),
    Ask("SRB-MP", "Sarab: mass and inertia", "SRB", "MPM-1", 4, needs="MASS-ENG 2 run"),
    Ask("HWA-MP", "Hawa: mass and centre of gravity", "HWA", "MPM-1", 3, needs="MASS-ENG all"),
    Ask("TNK-MP", "Tanak: battery mass properties", "TNK", "MPM-1", 2, needs="MASS-ENG all; SAFETY run"),
)  # fmt: skip

ASKS = (*BAKE_OUT_TO_LEAK_TEST, *VACUUM, *VIBRATION, *OTHER_TESTS)
