"""Reads session logs: directory, tail, decode, fold, model. Knows no screen and needs none."""
