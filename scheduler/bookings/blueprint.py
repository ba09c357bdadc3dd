"""The one blueprint of the room: pages and JSON stand in files of their own."""

from flask import Blueprint

blueprint = Blueprint("bookings", __name__)
