"""What networks cost: exact counts, and times machine by machine."""
