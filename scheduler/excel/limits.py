"""How large a workbook may be: checked before anything of it is believed."""

FILE_BYTES = 10 * 1024 * 1024
UNPACKED_BYTES = 200 * 1024 * 1024
MEMBERS = 200
RATIO = 100
RATIO_FROM_BYTES = 1024 * 1024
"""Below this a member may be packed as tightly as it likes: small files of blanks are common."""

ROWS = 200_000
"""Rows with something in them, all sheets together."""
COLUMNS = 256
CELLS = 4_000_000
CELL_CHARACTERS = 32_767
TEXT_CHARACTERS = 64 * 1024 * 1024

CHILD_BYTES = 768 * 1024 * 1024
"""Address space of the process that reads."""
CHILD_SECONDS = 50
