"""The kill campaign: a backend plays its story again and again while its processes are killed, stopped and cut off.

`make campaign` runs it, bounded by KILLS and SECONDS. What was acknowledged must be there in the end, once.
"""
