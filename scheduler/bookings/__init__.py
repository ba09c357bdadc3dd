"""What is promised: bookings, holds, draws, and the guard on them."""
