"""The two classifiers of hair and eyes: training them, reading pictures with them."""
