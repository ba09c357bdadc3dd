"""The demo centre's eighteen projects, and who may sign in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Undertaking:
    """A row of the table below; `quota` in hours of run."""

    code: str
    name: str
    kind: str
    programme: str
    priority: int
    cost_code: str
    partner: str | None = None
    quota: int | None = None
    confidential: bool = False


PROJECTS = (
    Undertaking("MHT", "Mehtab lunar camera", "R&D", "Exploration", 2, "RD-1001", quota=120),
    Undertaking("SRB", "Sarab soil-moisture radar", "R&D", "Earth observation", 2, "RD-1002", "KHU", 120),
    Undertaking("ABR", "Abr cloud profiler", "R&D", "Earth observation", 3, "RD-1003", quota=160),
    Undertaking("ZRA", "Zarra dust detector", "R&D", "Exploration", 4, "RD-1004", "KHU", 60),
    Undertaking("LHR", "Lehr ion thruster", "R&D", "Propulsion", 3, "RD-1005", quota=160, confidential=True),
    Undertaking("CX", "晨星 star tracker", "R&D", "Guidance", 3, "RD-1006", "YSA", 120),
    Undertaking("NQT", "نقطہ laser terminal", "R&D", "Communications", 3, "RD-1007", quota=100),
    Undertaking("TNK", "Tanak flight battery", "R&D", "Power", 4, "RD-1008", quota=80),
    Undertaking("STA", "Station basics, crew A", "training", "Crew training", 2, "TR-2001", "YSA", 90),
    Undertaking("DCK", "Docking, crew A", "training", "Crew training", 2, "TR-2002", "YSA", 60),
    Undertaking(
        "EVA", "خلائی چہل قدمی Spacewalk, crew B", "training", "Crew training", 1, "TR-2003", "YSA", 60
    ),
    Undertaking("ARM", "机械臂 Robotic arm, crew B", "training", "Crew training", 2, "TR-2004", "YSA", 60),
    Undertaking("GLD", "Acceleration and medical", "training", "Crew training", 3, "TR-2005", quota=40),
    Undertaking("ZMN", "Zameen crop mapper", "application", "Earth services", 2, "AP-3001", quota=160),
    Undertaking("PNI", "Pani flood watch", "application", "Earth services", 1, "AP-3002", quota=160),
    Undertaking("HWA", "Hawa air-quality sounder", "application", "Earth services", 3, "AP-3003", quota=160),
    Undertaking(
        "QY", "青云 relay transponder", "application", "Communications", 2, "AP-3004", "YSA", 160, True
    ),
    Undertaking("BRQ", "Barq lightning mapper", "application", "Earth services", 3, "AP-3005", quota=160),
)

# e-mail, name, role, projects they are members of
USERS = (
    ("manager@nsc.example", "Rabia Anwar", "manager", ()),
    ("researcher@nsc.example", "Daniyal Hashmi", "researcher", ("MHT", "SRB", "ABR", "LHR", "TNK")),
    ("liaison@ysa.example", "许若琳", "researcher", ("CX", "QY", "STA", "DCK", "EVA", "ARM")),
    ("administrator@nsc.example", "Shahida Malik", "administrator", ()),
    ("viewer@nsc.example", "Noman Zehri", "viewer", ()),
)
