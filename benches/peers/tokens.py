"""The tokens that are sought, drawn from a fixed seed, and what stands for none."""

import math
import random
import string

# As long as a token, so that what is made of it is as long and as random.
HARMLESS = "quiet_words_stand_here_in_their_place"


def draw(number):
    """Tokens of high entropy, which favours detect-secrets: it has no rule for them,
    and its limit for strings that may be base64 is 4.5 bits. 83 % of all reach it."""
    drawn, source_of = [], random.Random(20260102)
    while len(drawn) < number:
        token = "hf_" + "".join(source_of.choices(string.ascii_letters, k=34))
        if entropy(token) > 4.5:
            drawn.append(token)
    return drawn


def entropy(text):
    shares = [text.count(character) / len(text) for character in set(text)]
    return -sum(share * math.log2(share) for share in shares)
