"""The one blueprint of the room: its views stand in several files."""

from flask import Blueprint

blueprint = Blueprint("people", __name__)
