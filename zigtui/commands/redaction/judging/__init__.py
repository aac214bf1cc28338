"""Whether something is a secret: the vocabulary that the rules share.

- `names`: the names of secrets.
- `found`: a name with its value and their context, as the rules of `by_name` find them.
- `judgement`: whether such a value is a secret; `after_space` if only whitespace is between the two.
- `passwords`: whether a value without a name is a password, for the rules of `by_position`.
- `values` and `prose`: what a value looks like, and words that are no secrets.
- `prose_names`: a quick test for ordinary text.
"""
