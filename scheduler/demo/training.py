"""The week's wishes for the two crews: mock-up, simulators, part-task trainers, pool, centrifuge, classroom.

A crew is an exclusion group: it is never at two places, whoever of it takes part.
"""

from scheduler.demo.shapes import Ask

_CREW_A = "A-1; A-2; A-3; A-4"
_CREW_B = "B-1; B-2; B-3; B-4"
_INSTRUCTOR = "SIM-INST run"
_DIVE = "DIVE-SUP all; DIVER 2 all; MED run"

STATION = (
    Ask("STA-1", "Station basics: safety and escape", "STA", "MOCK-1", 3, needs="SIM-INST run; SAFETY run",
        group="CREW-A", participants=_CREW_A, worth=20, latest="Tue 21:00"),
    Ask("STA-2", "Station basics: air and water", "STA", "MOCK-1", 3, needs=_INSTRUCTOR, group="CREW-A",
        participants=_CREW_A, after="STA-1 1", worth=20),
    Ask("STA-3", "Station basics: fire drill", "STA", "MOCK-1", 2, needs="SIM-INST run; SAFETY run",
        group="CREW-A", participants=_CREW_A, after="STA-2 1", worth=20),
    Ask("STA-4", "Station basics: a day on board", "STA", "MOCK-1 + CTRL-1", 7,
        needs="SIM-INST run; CONDUCTOR run", group="CREW-A", participants=_CREW_A, after="STA-3 12",
        worth=16),
    Ask("STA-5", "Station basics: power panels", "STA", "PTT-1; PTT-2", 3, needs=_INSTRUCTOR, group="CREW-A",
        participants="A-1; A-2", worth=14),
    Ask("STA-6", "Station basics: toilet and galley repair", "STA", "PTT-1; PTT-2", 3, needs=_INSTRUCTOR,
        group="CREW-A", participants="A-3; A-4", worth=14),
    Ask("STA-7", "Station basics: examination", "STA", "ROOM-2", 2, needs=_INSTRUCTOR, group="CREW-A",
        participants=_CREW_A, after="STA-3 1", worth=16, latest="Sat 21:00"),
)  # fmt: skip

DOCKING = (
    Ask("DCK-1", "Docking: manual approach 1", "DCK", "SIM-DOCK", 4, needs=_INSTRUCTOR, group="CREW-A",
        participants="A-1; A-3", worth=18),
    Ask("DCK-2", "Docking: manual approach 2", "DCK", "SIM-DOCK", 4, needs=_INSTRUCTOR, group="CREW-A",
        participants="A-1; A-3", after="DCK-1 12", worth=18),
    Ask("DCK-3", "Docking: failures on approach", "DCK", "SIM-DOCK", 4, 3, needs="SIM-INST 2 run",
        group="CREW-A", participants="A-1; A-3", after="DCK-2 12", worth=18),
    Ask("DCK-4", "Docking: night rehearsal with the partner's control room", "DCK", "SIM-DOCK + CTRL-1", 4,
        needs=_INSTRUCTOR, group="CREW-A", participants="A-1; A-3", within="Wed 20:00 - Thu 04:00", worth=18,
        note="The partner can only be there at night; the simulator closes at 21:00."),
    Ask("DCK-5", "Docking: lecture on the new sensor", "DCK", "ROOM-1; ROOM-2", 1.5, needs=_INSTRUCTOR,
        group="CREW-A", participants="A-1; A-3", worth=12),
)  # fmt: skip

SPACEWALK = (
    Ask("EVA-1", "Spacewalk: dive 1, translation", "EVA", "POOL-1", 5, needs=_DIVE, group="CREW-B",
        participants="B-1; B-3", priority=1, worth=30),
    Ask("EVA-2", "Spacewalk: dive 2, antenna swap", "EVA", "POOL-1", 5, needs=_DIVE, group="CREW-B",
        participants="B-1; B-3", after="EVA-1 12", priority=1, worth=30),
    Ask("EVA-3", "Spacewalk: dive 3, incapacitated partner", "EVA", "POOL-1", 5, 4, needs=_DIVE,
        group="CREW-B", participants="B-3; B-4", priority=1, worth=30),
    Ask("EVA-4", "Spacewalk: rescue drill of the divers", "EVA", "POOL-1", 5,
        needs="DIVE-SUP all; DIVER 2 all", within="Fri 08:00-16:00", worth=26,
        note="No dive supervisor with a valid certificate is there on Friday."),
    Ask("EVA-5", "Spacewalk: suit fitting", "EVA", "ROOM-1", 3, needs="MED run; SIM-INST run", group="CREW-B",
        participants="B-1; B-3", worth=20),
)  # fmt: skip

ROBOTICS = (
    Ask("ARM-1", "Robotic arm: free-flyer capture 1", "ARM", "SIM-ROB", 4, needs=_INSTRUCTOR, group="CREW-B",
        participants="B-3; B-4", worth=18),
    Ask("ARM-2", "Robotic arm: free-flyer capture 2", "ARM", "SIM-ROB", 4, 3, needs=_INSTRUCTOR,
        group="CREW-B", participants="B-3; B-4", after="ARM-1 12", worth=18),
    Ask("ARM-3", "Robotic arm: make-up lesson for Taimur Khoso", "ARM", "SIM-ROB; PTT-2", 3,
        needs=_INSTRUCTOR, group="CREW-B", participants="B-2", latest="Tue 21:00", worth=18,
        note="Must be over before Wednesday, and he is back on Wednesday."),
    Ask("ARM-4", "Robotic arm: cameras and grapple", "ARM", "PTT-1; PTT-2", 3, needs=_INSTRUCTOR,
        group="CREW-B", participants="B-1; B-2", worth=14),
    Ask("ARM-5", "Robotic arm: check ride", "ARM", "SIM-ROB", 3, needs="SIM-INST 2 run", group="CREW-B",
        participants="B-3; B-4", after="ARM-2 12", worth=18),
)  # fmt: skip

MEDICAL = (
    Ask("GLD-1", "Centrifuge: entry profile, crew A", "GLD", "CEN-1", 4, needs="MED run", group="CREW-A",
        participants=_CREW_A, worth=16),
    Ask("GLD-2", "Centrifuge: entry profile, crew B", "GLD", "CEN-1", 4, needs="MED run", group="CREW-B",
        participants=_CREW_B, worth=16, earliest="Wed 00:00"),
    Ask("GLD-3", "Centrifuge: abort profile, crew A", "GLD", "CEN-1", 3, needs="MED run; SAFETY run",
        group="CREW-A", participants="A-1; A-2", after="GLD-1 24", worth=14),
    Ask("GLD-4", "Medical: decompression briefing, crew B", "GLD", "ROOM-2; ROOM-1", 1.5, needs="MED run",
        group="CREW-B", participants="B-1; B-3; B-4", worth=14),
    Ask("GLD-5", "Medical: stress test, crew A", "GLD", "ROOM-1", 3, needs="MED run", group="CREW-A",
        participants="A-2; A-4", worth=12),
    Ask("GLD-6", "Medical: stress test, crew B", "GLD", "ROOM-1", 3, needs="MED run", group="CREW-B",
        participants="B-1; B-2", worth=12),
)  # fmt: skip

ASKS = (*STATION, *DOCKING, *SPACEWALK, *ROBOTICS, *MEDICAL)
