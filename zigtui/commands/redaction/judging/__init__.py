"""Whether something is a secret: the vocabulary that the rules share.

`names` knows the names of secrets, and `found` finds them with their values. `judgement` decides whether such a value
is a secret, by its kind in `values` and by the words of `prose`. `prose_names` is a quick test for ordinary text.
"""
