"""Systems against each other: which differences a test supports."""
