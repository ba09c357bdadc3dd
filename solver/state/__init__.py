"""What is placed, what that holds, and what it leaves to others: every rule, as masks of ticks."""
