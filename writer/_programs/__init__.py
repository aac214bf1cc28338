"""Run the programs of a step, and record what they print."""
