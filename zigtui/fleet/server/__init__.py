"""The server of a fleet: a directory with its keys and machines, and the ``nats-server`` that runs from it.

`directory` keeps who belongs to the fleet. `certificates` and `keys` make what proves it. `configuration` turns both
into the configuration of nats-server, with the `permissions` of each user. `process` runs it, and `watchdog` ends it
with zigtui. `streams` creates what keeps the messages. `machine_status` lists what the server has of each machine.
"""
