"""``zigtui metrics``: numbers about sessions for Prometheus. `collector` makes them, `command` serves them."""
