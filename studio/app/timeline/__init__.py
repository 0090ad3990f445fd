"""The timeline editor: ruler, lanes, cards, keys, curves, and the gestures that edit them."""
