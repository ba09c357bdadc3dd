"""The demo centre itself: site, partners, opening hours, shifts, days off, utilities."""

SITE_CODE = "NSC-DEMO"
"""Also the mark by which `demo` knows its own instance."""

SITE_NAME = "National Space Centre (demo)"
TIME_ZONE = "Asia/Karachi"

# code, name, kind
ORGANISATIONS = (
    ("NSC", "National Space Centre", "home"),
    ("YSA", "远山航天局 Yuanshan Space Agency", "partner"),
    ("KHU", "جامعہ کوہسار Kohsar University", "partner"),
)

# code, name, openings (days, from, to; hours beyond 24 run into the next day), closed on holidays
CALENDARS = (
    ("LAB-DAY", "Labs, by day", (("Mon-Fri", "08:00", "18:00"),), True),
    ("LAB-LONG", "Labs, two shifts", (("Mon-Fri", "07:00", "22:00"), ("Sat", "08:00", "14:00")), True),
    ("HALL", "Test halls, two shifts", (("Mon-Sat", "06:00", "22:00"),), True),
    ("RANGE", "Antenna range", (("Mon-Sat", "06:00", "22:00"),), True),
    ("TRAINER", "Simulators and mock-up", (("Mon-Sat", "07:00", "21:00"),), True),
    ("POOL", "Pool, with divers on shift", (("Mon-Fri", "08:00", "16:00"),), True),
    ("ROUND-CLOCK", "Day and night", (), False),
    ("SHIFT-DAY", "Day shift", (("Mon-Fri", "08:00", "17:00"),), True),
    ("SHIFT-EARLY", "Early shift", (("Mon-Sat", "06:00", "14:00"),), True),
    ("SHIFT-LATE", "Late shift", (("Mon-Sat", "14:00", "22:00"),), True),
    ("SHIFT-NIGHT", "Night shift", (("Mon-Sun", "22:00", "30:00"),), False),
    ("SHIFT-EARLY-7", "Early shift, every day", (("Mon-Sun", "06:00", "14:00"),), False),
    ("SHIFT-LATE-7", "Late shift, every day", (("Mon-Sun", "14:00", "22:00"),), False),
)

# calendar, name, first and last day, openings of those days (none: closed)
OVERLAYS = (("LAB-DAY", "Stocktaking: labs open late", "Fri", "Fri", (("Fri", "09:00", "18:00"),)),)

# day, name, provisional
HOLIDAYS = (
    ("Thu", "Centre Foundation Day", False),
    ("Sun", "Spring festival (moon not yet sighted)", True),
)

# code, name, unit, capacity, at any moment or over a local day
UTILITIES = (
    ("POWER", "Power of the test halls", "kW", 400, "moment"),
    ("LN2", "Liquid nitrogen", "litre", 6000, "day"),
    ("GN2", "Gaseous nitrogen", "m³/h", 120, "moment"),
    ("AIR", "Compressed air", "m³/h", 300, "moment"),
    ("CHW", "Chilled water", "kW", 250, "moment"),
)

# utility, when, capacity then
UTILITY_LEVELS = (
    ("POWER", "Wed 13:00-17:00", 220),  # substation maintenance
    ("LN2", "Sat 00:00-24:00", 3000),  # one delivery instead of two
)
