"""Tests of ``zigtui record``."""
