"""The week's wishes for the labs: elastic lengths, several parts, shared benches, bays and the whole hall."""

from scheduler.demo.shapes import Ask

_CLEAN = "CLEAN-TECH run"
_LAB = "LAB-ENG run"

ASKS = (
    Ask("PNI-VALVE", "Urgent, Pani: retest of the failed valve", "PNI", "L-PRP", 4,
        needs="SAFETY run; QA run", draws="GN2 60", latest="Tue 22:00", due="Tue 12:00", priority=1, worth=60,
        mandatory=True, note="Shipment waits for it."),
    # avionics
    Ask("MHT-AV", "Mehtab: camera electronics bring-up", "MHT", "L-AVI", 8, 5, needs=_LAB, worth=12),
    Ask("ABR-AV", "Abr: data handling tests", "ABR", "L-AVI", 10, 6, parts=2, least_part=3, worth=11),
    Ask("HWA-AV", "Hawa: on-board computer swap", "HWA", "L-AVI", 6, worth=11),
    Ask("BRQ-AV", "Barq: trigger logic", "BRQ", "L-AVI", 6, 4),
    # optics
    Ask("MHT-OP", "Mehtab: lens alignment", "MHT", "L-OPT", 7, 5, needs=_CLEAN, worth=14),
    Ask("CX-OP", "晨星: star field calibration", "CX", "L-OPT", 6, needs=_LAB, worth=12),
    Ask("NQT-OP", "نقطہ: beam divergence", "NQT", "L-OPT", 6, 4, needs=_LAB, worth=12),
    Ask("ZMN-OP", "Zameen: band-pass of the filters", "ZMN", "L-OPT", 12, needs=_LAB, priority=2, worth=12,
        note="Twelve hours in one go, in a lab that is open for ten."),
    # materials
    Ask("LHR-MA", "Lehr: cold fracture of the channel wall", "LHR", "L-MAT", 6, 4, draws="LN2 6500",
        note="Asks for more nitrogen in one day than two deliveries bring."),
    Ask("TNK-MA", "Tanak: separator samples", "TNK", "L-MAT", 8, 4, parts=2, least_part=2),
    Ask("SRB-MA", "Sarab: hinge outgassing samples", "SRB", "L-MAT", 5),
    # clean room: three benches, and technicians for them
    Ask("MHT-EL", "Mehtab: focal plane board", "MHT", "L-ELE", 8, 6, needs=_CLEAN, worth=13),
    Ask("QY-EL", "青云: amplifier board", "QY", "L-ELE", 7, 6, needs=_CLEAN, worth=13),
    Ask("BRQ-EL", "Barq: detector board", "BRQ", "L-ELE", 6, needs=_CLEAN),
    Ask("ZRA-EL", "Zarra: charge amplifier", "ZRA", "L-ELE", 6, 4, needs=_CLEAN, priority=4, worth=7),
    Ask("HWA-EL", "Hawa: heater board inspection", "HWA", "L-ELE", 3, needs="CLEAN-TECH run; QA run",
        within="Thu 08:00-18:00", note="The supplier's inspector comes on Thursday only."),
    # software: two benches
    Ask("PNI-SW", "Pani: flood model regression", "PNI", "L-SOF", 24, 12, parts=4, least_part=3, worth=10),
    Ask("ZMN-SW", "Zameen: on-board classifier", "ZMN", "L-SOF", 12, 8, parts=2, least_part=4),
    Ask("QY-SW", "青云: transponder firmware", "QY", "L-SOF", 8, 6, worth=12),
    Ask("CX-SW", "晨星: catalogue update", "CX", "L-SOF", 6),
    # guidance and control
    Ask("CX-GN", "晨星: attitude loop with the tracker", "CX", "L-GNC", 8, 6, needs=_LAB, worth=12),
    Ask("SRB-GN", "Sarab: deployment dynamics", "SRB", "L-GNC", 6, worth=11),
    Ask("ABR-GN", "Abr: pointing budget run", "ABR", "L-GNC", 6, 4),
    # communications
    Ask("QY-CO", "青云: link budget with the ground modem", "QY", "L-COM + CTRL-1", 6, needs=_LAB, worth=14),
    Ask("NQT-CO", "نقطہ: modem acquisition", "NQT", "L-COM", 5, worth=11),
    Ask("BRQ-CO", "Barq: downlink rehearsal", "BRQ", "L-COM + CTRL-1", 4),
    # power
    Ask("TNK-PW", "Tanak: charge and discharge cycles", "TNK", "L-POW", 8, needs="SAFETY setup", worth=12),
    Ask("HWA-PW", "Hawa: solar array simulator", "HWA", "L-POW", 6, 4),
    Ask("ABR-PW", "Abr: inrush of the radar supply", "ABR", "L-POW", 5, draws="POWER 40"),
    # integration: the bays, and the whole hall for the long boom
    Ask("SRB-IN", "Sarab: deployment of the boom across the hall", "SRB", "L-INT", 8, 6, needs="QA run",
        worth=18),
    Ask("PNI-IN", "Pani: closing of the panels", "PNI", "L-INT-A; L-INT-B", 8, 6, needs="QA run", priority=1,
        worth=18),
    Ask("ZMN-IN", "Zameen: harness fit check", "ZMN", "L-INT-B; L-INT-A", 7, 5, worth=12),
)  # fmt: skip

LATER = (
    ("submitted", Ask("MHT-AV2", "Mehtab: camera electronics, second round", "MHT", "L-AVI", 6, 4,
        needs=_LAB)),
    ("submitted", Ask("SRB-GN2", "Sarab: deployment dynamics, cold case", "SRB", "L-GNC", 6)),
    ("submitted", Ask("CX-OP2", "晨星: stray light", "CX", "L-OPT", 5, needs=_LAB)),
    ("submitted", Ask("TNK-PW2", "Tanak: short-circuit test", "TNK", "L-POW", 3, needs="SAFETY all")),
    ("draft", Ask("ABR-SW2", "Abr: processing chain", "ABR", "L-SOF", 8, 4, parts=2, least_part=2)),
    ("declined", Ask("LHR-MA2", "Lehr: a whole week in the materials lab", "LHR", "L-MAT", 40)),
    ("withdrawn", Ask("QY-CO2", "青云: repeat of the link budget", "QY", "L-COM", 4)),
)  # fmt: skip
"""Wishes for the week after, as they stand: what a manager finds waiting."""
