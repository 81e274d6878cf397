"""The tables of the CEFLNet paper: what it reports, beside what was measured."""
