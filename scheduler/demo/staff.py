"""Who works at the demo centre and who is trained there: sixty staff, two crews of trainees."""

from dataclasses import dataclass

# code, what it entitles to
QUALIFICATIONS = (
    ("TVAC-OP", "Vacuum chamber operator"),
    ("CRYO", "Cryogenics handler"),
    ("VIB-ENG", "Vibration test engineer"),
    ("ACO-ENG", "Acoustic test engineer"),
    ("EMC-ENG", "EMC test engineer"),
    ("RF-ENG", "Antenna range engineer"),
    ("MASS-ENG", "Mass properties engineer"),
    ("CONDUCTOR", "Test conductor"),
    ("SAFETY", "Safety officer"),
    ("QA", "Quality inspector"),
    ("CLEAN-TECH", "Clean room technician"),
    ("LAB-ENG", "Laboratory engineer"),
    ("SIM-INST", "Simulator instructor"),
    ("DIVE-SUP", "Dive supervisor"),
    ("DIVER", "Safety diver"),
    ("MED", "Flight surgeon"),
)


@dataclass(frozen=True)
class Staff:
    """A row of the table below.

    Parameters
    ----------
    holds
        Qualifications between semicolons; `DIVER until Wed` lapses at the end of that day.
    away
        Spans between semicolons in which the person is not there.
    """

    code: str
    name: str
    holds: str
    shift: str
    away: str = ""
    organisation: str = "NSC"


STAFF = (
    # vacuum and cryogenics: the chambers run day and night
    Staff("S-01", "Sana Mirza", "TVAC-OP; CRYO", "SHIFT-EARLY-7"),
    Staff("S-02", "Bilal Yousafzai", "TVAC-OP", "SHIFT-EARLY-7"),
    Staff("S-03", "نادیہ خٹک", "TVAC-OP; CRYO", "SHIFT-LATE-7"),
    Staff("S-04", "Imran Baloch", "TVAC-OP", "SHIFT-LATE-7"),
    Staff("S-05", "陈雨桐", "TVAC-OP; CRYO", "SHIFT-NIGHT", organisation="YSA"),
    Staff("S-06", "Faisal Marwat", "TVAC-OP until Wed", "SHIFT-NIGHT"),
    Staff("S-07", "Rukhsana Abbasi", "TVAC-OP; CONDUCTOR", "SHIFT-DAY"),
    Staff("S-08", "Owais Lodhi", "TVAC-OP until Tue", "SHIFT-DAY"),
    Staff("S-09", "Zubair Kakar", "CRYO", "SHIFT-EARLY-7"),
    Staff("S-10", "حمزہ سومرو", "CRYO", "SHIFT-LATE-7"),
    Staff("S-11", "Yasmin Gilani", "CRYO", "SHIFT-DAY"),
    Staff("S-12", "Tariq Chandio", "CRYO; SAFETY", "SHIFT-NIGHT"),
    # vibration, acoustics, EMC, antennas, mass properties
    Staff("S-13", "Hira Saleem", "VIB-ENG", "SHIFT-EARLY"),
    Staff("S-14", "李承泽", "VIB-ENG", "SHIFT-EARLY", organisation="YSA"),
    Staff("S-15", "Kamran Shaikh", "VIB-ENG", "SHIFT-LATE"),
    Staff("S-16", "ثنا راجپوت", "VIB-ENG", "SHIFT-LATE"),
    Staff("S-17", "Asma Durrani", "ACO-ENG", "SHIFT-DAY"),
    Staff("S-18", "Waleed Jatoi", "ACO-ENG", "SHIFT-DAY", away="Mon 00:00 - Sun 24:00"),
    Staff("S-19", "Nimra Haider", "EMC-ENG", "SHIFT-EARLY"),
    Staff("S-20", "周明远", "EMC-ENG", "SHIFT-LATE", organisation="YSA"),
    Staff("S-21", "Rehan Qazi", "EMC-ENG", "SHIFT-DAY"),
    Staff("S-22", "عدیل وڑائچ", "EMC-ENG", "SHIFT-DAY", away="Mon 00:00 - Tue 24:00"),
    Staff("S-23", "Maryam Leghari", "RF-ENG", "SHIFT-EARLY"),
    Staff("S-24", "Usman Bhatti", "RF-ENG", "SHIFT-EARLY"),
    Staff("S-25", "赵思琪", "RF-ENG", "SHIFT-LATE", organisation="YSA"),
    Staff("S-26", "Shazia Mengal", "MASS-ENG", "SHIFT-DAY"),
    Staff("S-27", "کاشف بنگش", "MASS-ENG", "SHIFT-DAY"),
    # conductors, safety, quality
    Staff("S-28", "Adnan Rind", "CONDUCTOR", "SHIFT-EARLY"),
    Staff("S-29", "Farah Naz Tareen", "CONDUCTOR", "SHIFT-EARLY"),
    Staff("S-30", "Junaid Memon", "CONDUCTOR", "SHIFT-LATE"),
    Staff("S-31", "孙雅文", "CONDUCTOR", "SHIFT-LATE", organisation="YSA"),
    Staff("S-32", "Lubna Afridi", "SAFETY", "SHIFT-DAY"),
    Staff("S-33", "صائمہ جونیجو", "SAFETY", "SHIFT-EARLY"),
    Staff("S-34", "Babar Niazi", "SAFETY", "SHIFT-LATE"),
    Staff("S-35", "Huma Bugti", "QA", "SHIFT-DAY"),
    Staff("S-36", "Saad Gondal", "QA", "SHIFT-DAY"),
    Staff("S-37", "吴浩然", "QA", "SHIFT-DAY", organisation="YSA"),
    # clean room and labs
    Staff("S-38", "Amina Khosa", "CLEAN-TECH", "SHIFT-DAY"),
    Staff("S-39", "Danish Awan", "CLEAN-TECH", "SHIFT-DAY"),
    Staff("S-40", "مہوش زرداری", "CLEAN-TECH", "SHIFT-DAY", away="Tue 00:00-24:00"),
    Staff("S-41", "Ghazanfar Umrani", "CLEAN-TECH", "SHIFT-LATE"),
    Staff("S-42", "郑可欣", "CLEAN-TECH", "SHIFT-LATE", organisation="YSA"),
    Staff("S-43", "Iqra Solangi", "LAB-ENG", "SHIFT-DAY", organisation="KHU"),
    Staff("S-44", "Nabeel Kiani", "LAB-ENG", "SHIFT-DAY"),
    Staff("S-45", "راشدہ مگسی", "LAB-ENG", "SHIFT-DAY", organisation="KHU"),
    Staff("S-46", "Shehryar Panezai", "LAB-ENG", "SHIFT-DAY"),
    Staff("S-47", "Tehmina Rao", "LAB-ENG", "SHIFT-LATE"),
    # training
    Staff("S-48", "Arsalan Dasti", "SIM-INST", "SHIFT-EARLY"),
    Staff("S-49", "Bushra Kalhoro", "SIM-INST", "SHIFT-EARLY"),
    Staff("S-50", "何子轩", "SIM-INST", "SHIFT-LATE", organisation="YSA"),
    Staff("S-51", "Mehreen Sethi", "SIM-INST", "SHIFT-LATE"),
    Staff("S-52", "وقاص ترین", "SIM-INST", "SHIFT-DAY"),
    Staff("S-53", "Gohar Marri", "DIVE-SUP until Wed", "SHIFT-DAY"),
    Staff("S-54", "Parveen Ahsan", "DIVE-SUP; DIVER", "SHIFT-DAY", away="Wed 12:00 - Fri 24:00"),
    Staff("S-55", "Sikandar Hingoro", "DIVER", "SHIFT-DAY"),
    Staff("S-56", "马晓东", "DIVER", "SHIFT-DAY", organisation="YSA"),
    Staff("S-57", "Zainab Channa", "DIVER until Wed", "SHIFT-DAY"),
    Staff("S-58", "Murad Talpur", "DIVER; SAFETY", "SHIFT-DAY"),
    Staff("S-59", "ڈاکٹر ارم جتوئی", "MED", "SHIFT-DAY"),
    Staff("S-60", "Khalid Mahar", "MED", "SHIFT-DAY"),
)

MOST_HOURS_A_DAY = 9
MOST_HOURS_A_WEEK = 44
LEAST_REST_HOURS = 11

# code, name, crew
CREWS = (("CREW-A", "Crew A, station basics and docking"), ("CREW-B", "Crew B, spacewalk and robotics"))


@dataclass(frozen=True)
class Trainee:
    code: str
    name: str
    crew: str
    away: str = ""
    organisation: str = "NSC"


TRAINEES = (
    Trainee("A-1", "Saira Domki", "CREW-A"),
    Trainee("A-2", "Hassan Pirzada", "CREW-A"),
    Trainee("A-3", "林致远", "CREW-A", organisation="YSA"),
    Trainee("A-4", "عمارہ شاہوانی", "CREW-A"),
    Trainee("B-1", "Zara Mandokhail", "CREW-B"),
    Trainee("B-2", "Taimur Khoso", "CREW-B", away="Mon 00:00 - Tue 24:00"),
    Trainee("B-3", "高静怡", "CREW-B", organisation="YSA"),
    Trainee("B-4", "سلمان اچکزئی", "CREW-B"),
)
