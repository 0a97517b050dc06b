"""Rotate the secrets of a backend while it runs, in three phases between which every request is answered.

add     the next value is taken beside the one that is used
move    anyone who shows the value shows the next one
end     the value before is taken no more

Processes see a change within a second, by `stead.kit.live_setting`; the gateway's agent is started again, beside which
the gateway goes on. PostgreSQL holds one password for a role: connections that are open stay, and the next one is made
with the new password. A secret that is shown outside of the run, by a partner, in a mail or in a signed URL, has no
`end` here: `stead secret rotate NAME --end` follows when nothing shows the earlier value any more.
"""

from stead.run.rotation.procedure import end, rotate

__all__ = ["end", "rotate"]
