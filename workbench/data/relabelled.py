"""Labels in the words of one vocabulary, said in the words of another."""

import numpy as np

from workbench.data.vocabulary import UNKNOWN, Vocabulary


def unsaid(vocabulary: Vocabulary, known: Vocabulary) -> str:
    """What keeps labels of `vocabulary` from being said in the columns of `known`, as "teal hair" or "no tags of eyes".

    "" where all of them can be; further groups of `vocabulary` are then left out.
    """
    if lacking := [column.name for column in known.columns if column.name not in vocabulary.names]:
        return f"no tags of {', '.join(lacking)}"
    for column in known.columns:
        own = vocabulary.columns[vocabulary.names.index(column.name)]
        if beyond := [number for number, word in enumerate(own.values) if word not in column.values]:
            return own.group.said(beyond[0])
    return ""


def relabelled(y: np.ndarray, vocabulary: Vocabulary, known: Vocabulary) -> np.ndarray:
    """Labels y (N, columns) in the columns of `known`, word by word; -1 where one lacks what the other says."""
    if vocabulary == known:
        return y
    answer = np.full((len(y), len(known.columns)), UNKNOWN, np.int64)
    for place, column in enumerate(known.columns):
        if column.name in vocabulary.names:
            own = vocabulary.names.index(column.name)
            words = vocabulary.columns[own].values
            indices = [column.values.index(word) if word in column.values else UNKNOWN for word in words]
            answer[:, place] = np.array([*indices, UNKNOWN])[y[:, own]]  # an unknown tag, -1, is the last
    return answer
