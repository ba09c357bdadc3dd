"""The one blueprint of the room: pages and deeds stand in files of their own."""

from flask import Blueprint

blueprint = Blueprint("requests", __name__)
