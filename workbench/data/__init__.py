"""Tags and pictures: any number of sources behind one set of arrays, with a part that training never sees."""
