"""The one blueprint of the room: its pages stand in several files."""

from flask import Blueprint

blueprint = Blueprint("plans", __name__)
